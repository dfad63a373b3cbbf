package database

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// The ZenML server uses Python's ssl on OpenSSL, whose rules differ from Go's:
// a chain must end at a root, and the common name is used if a certificate has
// no DNS name.

// noRootError means that the CA certificates do not include the root.
type noRootError struct{ last *x509.Certificate }

func (e *noRootError) Error() string { return "unable to get issuer certificate" }

// certificates returns the certificates in a PEM text and ignores everything else.
func certificates(text string) []*x509.Certificate {
	var all []*x509.Certificate
	for rest := []byte(text); ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return all
		}
		if c, err := x509.ParseCertificate(block.Bytes); err == nil && block.Type == "CERTIFICATE" {
			all = append(all, c)
		}
	}
}

// verifyChain verifies the server's certificate up to a root. A trusted intermediate
// does not end the chain, unlike in Go.
func verifyChain(trusted, sent []*x509.Certificate) error {
	options := x509.VerifyOptions{Roots: x509.NewCertPool(), Intermediates: x509.NewCertPool()}
	ends := x509.NewCertPool()
	for _, c := range trusted {
		ends.AddCert(c)
		if selfSigned(c) {
			options.Roots.AddCert(c)
		} else {
			options.Intermediates.AddCert(c)
		}
	}
	for _, c := range sent[1:] {
		options.Intermediates.AddCert(c)
	}
	_, err := sent[0].Verify(options)
	var unknown x509.UnknownAuthorityError
	if !errors.As(err, &unknown) {
		return err
	}
	options.Roots = ends
	if chains, partly := sent[0].Verify(options); partly == nil {
		return &noRootError{last: chains[0][len(chains[0])-1]}
	}
	return err
}

func selfSigned(c *x509.Certificate) bool {
	return bytes.Equal(c.RawIssuer, c.RawSubject) &&
		c.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature) == nil
}

// verifyHost verifies that the certificate is for the host, and reports whether
// it matched only the common name. The common name is used for names, not
// addresses, and only without DNS names.
func verifyHost(c *x509.Certificate, host string) (byName bool, err error) {
	if net.ParseIP(host) != nil {
		return false, c.VerifyHostname(host)
	}
	names := c.DNSNames
	if len(names) == 0 {
		byName, names = true, check.CommonNames(c)
	}
	names = slices.DeleteFunc(slices.Clone(names), isTooWide)
	if (&x509.Certificate{DNSNames: names}).VerifyHostname(host) != nil {
		return false, x509.HostnameError{Certificate: c, Host: host}
	}
	return byName, nil
}

// isTooWide reports whether a name is a wildcard of a top-level domain, which
// OpenSSL rejects.
func isTooWide(name string) bool {
	return strings.HasPrefix(name, "*") && strings.Count(name, ".") < 2
}

// namedByCommonName warns about a certificate that the ZenML server accepts but most
// clients reject.
func namedByCommonName(e *check.Env, state tls.ConnectionState) *check.Fault {
	m := e.Answers.Database.MySQL
	if m.TLS.Mode != answers.TLSVerifyFull {
		return nil
	}
	if byName, _ := verifyHost(state.PeerCertificates[0], m.Host); !byName {
		return nil // verification has already rejected other hosts
	}
	return &check.Fault{
		Warn: true,
		Summary: fmt.Sprintf(
			"the server's certificate names %s only in its common name: it has no subject alternative name", m.Host),
		Reason: "the ZenML server accepts it because Python still checks the common name; most other clients reject it",
		Remedy: "issue a certificate for the database server with subjectAltName = DNS:" + m.Host,
	}
}
