package database

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/zenml-installer/zenml-installer/checks/check"
)

// alertOf returns the TLS alert with which the server ended the handshake, for
// example because it rejects the client's certificate. Go provides only the
// text of an OpError.
func alertOf(err error) (alert string, ok bool) {
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "remote error" {
		return op.Err.Error(), true
	}
	return "", false
}

func openssl(e *check.Env) string {
	return "openssl s_client -starttls mysql -showcerts -connect " + Address(e)
}

// tlsFault explains a failed handshake.
func tlsFault(e *check.Env, err error) error {
	host := e.Answers.Database.MySQL.Host
	fault := &check.Fault{
		Summary: fmt.Sprintf("the TLS handshake with %s failed: %s", Address(e), check.Reason(err)), Err: err,
		Remedy: "check what the server sends:\n" + openssl(e),
	}
	var (
		unknown x509.UnknownAuthorityError
		name    x509.HostnameError
		invalid x509.CertificateInvalidError
	)
	var client *clientRejected
	var rootless *noRootError
	alert, broken := alertOf(err)
	switch {
	case errors.Is(err, errNoTLS):
		fault.Summary = err.Error() + ", but database.mysql.tls.mode needs it"
		fault.Remedy = "enable TLS on the database server (ssl_ca, ssl_cert, ssl_key), or, on a network that " +
			"you trust, set database: {mysql: {tls: {mode: off}}}"
	case errors.As(err, &unknown):
		fault.Summary = "the server's certificate is not signed by the CA in database.mysql.tls.ca"
		if unknown.Cert != nil {
			fault.Summary += fmt.Sprintf("; it was issued by %q", unknown.Cert.Issuer.String())
		}
		fault.Remedy = "set database.mysql.tls.ca to the certificate of that CA; check what the server sends:\n" +
			openssl(
				e)
	case errors.As(err, &rootless):
		fault.Summary = fmt.Sprintf("the CA in database.mysql.tls.ca is an intermediate: %q is signed by %q",
			rootless.last.Subject, rootless.last.Issuer)
		fault.Remedy = "append the root certificate to database.mysql.tls.ca; the ZenML server needs the whole " +
			"chain (unable to get issuer certificate)"
	case errors.As(err, &name):
		fault.Summary = fmt.Sprintf("the server's certificate is for %s, not for %s",
			check.JoinAnd(check.CertificateNames(name.Certificate)), host)
		fault.Remedy = "set database.mysql.host to one of these names, issue a certificate for " + host +
			", or set database: {mysql: {tls: {mode: verify-ca}}}"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		fault.Summary = check.ValidityProblem(invalid.Cert, e.Now())
		fault.Remedy = "issue a new certificate for the database server and restart it"
	case errors.As(err, &client):
		fault.Summary = fmt.Sprintf("the database server rejects the client certificate: %s", check.Reason(err))
		fault.Remedy = "issue the client certificate with a CA that the database server trusts (ssl_ca)"
	case broken:
		fault.Summary = "the database server ended the TLS handshake: " + alert
		fault.Remedy = alertRemedy(e, alert)
	}
	return fault
}

func alertRemedy(e *check.Env, alert string) string {
	switch {
	case strings.Contains(alert, "protocol version"):
		return "enable TLS 1.2 or newer on the database server: tls_version = TLSv1.2,TLSv1.3"
	case e.Answers.Database.MySQL.TLS.Cert.IsZero():
		return "the server may require a client certificate: database: {mysql: {tls: {cert: {file: client.pem}, " +
			"key: {file: client-key.pem}}}}"
	}
	return "issue the client certificate with a CA that the database server trusts (ssl_ca)"
}
