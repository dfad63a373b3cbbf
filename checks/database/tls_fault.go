package database

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/zenml-installer/zenml-installer/checks/check"
)

// alertOf returns the alert by which the other side broke off TLS, as it does
// when it does not like the client's certificate. Go gives it as the text of
// an OpError only.
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

// tlsFault puts a failed handshake into plain words.
func tlsFault(e *check.Env, err error) error {
	host := e.Answers.Database.MySQL.Host
	fault := &check.Fault{
		Found: fmt.Sprintf("TLS with %s fails: %v", Address(e), err), Cause: err,
		Remedy: "see what the server sends:\n" + openssl(e),
	}
	var (
		unknown x509.UnknownAuthorityError
		name    x509.HostnameError
		invalid x509.CertificateInvalidError
	)
	var client *clientRefused
	var rootless *noRoot
	alert, broken := alertOf(err)
	switch {
	case errors.Is(err, errNoTLS):
		fault.Found = err.Error() + ", and database.mysql.tls.mode asks for it"
		fault.Remedy = "switch TLS on at the database (ssl_ca, ssl_cert, ssl_key), or, on a network that you trust: database: {mysql: {tls: {mode: off}}}"
	case errors.As(err, &unknown):
		fault.Found = "the CA certificate in database.mysql.tls.ca did not sign the server's certificate"
		if unknown.Cert != nil {
			fault.Found += fmt.Sprintf(", which was issued by %q", unknown.Cert.Issuer.String())
		}
		fault.Remedy = "give the certificate of that authority; see what the server sends:\n" + openssl(e)
	case errors.As(err, &rootless):
		fault.Found = fmt.Sprintf("the CA certificate in database.mysql.tls.ca is no root: it is that of %q, which %q has signed", rootless.last.Subject, rootless.last.Issuer)
		fault.Remedy = "give the root as well: append its certificate to the file; the server's client demands the whole chain (unable to get issuer certificate)"
	case errors.As(err, &name):
		fault.Found = fmt.Sprintf("the server's certificate is for %s, not for %s", check.JoinAnd(check.CertificateNames(name.Certificate)), host)
		fault.Remedy = "use one of those names as database.mysql.host, have a certificate issued for " + host + ", or: database: {mysql: {tls: {mode: verify-ca}}}"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		fault.Found = check.ValidityProblem(invalid.Cert, e.Now())
		fault.Remedy = "have a new certificate issued for the database server and restart it"
	case errors.As(err, &client):
		fault.Found = fmt.Sprintf("the database server refuses the client certificate: %v", err)
		fault.Remedy = "have the client certificate issued by an authority that the database trusts (its ssl_ca)"
	case broken:
		fault.Found = "the database server breaks off TLS: " + alert
		fault.Remedy = alertRemedy(e, alert)
	}
	return fault
}

func alertRemedy(e *check.Env, alert string) string {
	switch {
	case strings.Contains(alert, "protocol version"):
		return "allow TLS 1.2 or newer at the database: tls_version = TLSv1.2,TLSv1.3"
	case e.Answers.Database.MySQL.TLS.Cert.IsZero():
		return "it may ask for a client certificate: database: {mysql: {tls: {cert: {file: client.pem}, key: {file: client-key.pem}}}}"
	}
	return "have the client certificate issued by an authority that the database trusts (its ssl_ca)"
}
