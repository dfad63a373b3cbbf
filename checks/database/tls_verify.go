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

// The server's client is Python's ssl on OpenSSL, which judges certificates by
// other rules than Go: a chain must end at a root, and a certificate without a
// DNS name of its own is known by its common name.

// noRoot says that the CA certificates lead to no root.
type noRoot struct{ last *x509.Certificate }

func (e *noRoot) Error() string { return "unable to get issuer certificate" }

// certificates reads those of a PEM text that can be read.
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

// verifyChain looks for a way from the server's certificate to a root. What is
// trusted and no root is a step on that way, and not its end as for Go.
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
		return &noRoot{last: chains[0][len(chains[0])-1]}
	}
	return err
}

func selfSigned(c *x509.Certificate) bool {
	return bytes.Equal(c.RawIssuer, c.RawSubject) && c.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature) == nil
}

// verifyHost tells whether the certificate is the host's, and whether it is so
// by its common name alone. That counts for names, where no DNS name is beside.
func verifyHost(c *x509.Certificate, host string) (byName bool, err error) {
	if net.ParseIP(host) != nil {
		return false, c.VerifyHostname(host)
	}
	names := c.DNSNames
	if len(names) == 0 {
		byName, names = true, check.CommonNames(c)
	}
	names = slices.DeleteFunc(slices.Clone(names), tooWide)
	if (&x509.Certificate{DNSNames: names}).VerifyHostname(host) != nil {
		return false, x509.HostnameError{Certificate: c, Host: host}
	}
	return byName, nil
}

// tooWide tells the wildcards of a whole top-level domain, which OpenSSL does
// not take.
func tooWide(name string) bool {
	return strings.HasPrefix(name, "*") && strings.Count(name, ".") < 2
}

// namedByCommonName warns of a certificate that the server takes, and others
// do not.
func namedByCommonName(e *check.Env, state tls.ConnectionState) *check.Fault {
	m := e.Answers.Database.MySQL
	if m.TLS.Mode != answers.TLSVerifyFull {
		return nil
	}
	if byName, _ := verifyHost(state.PeerCertificates[0], m.Host); !byName {
		return nil // one for another host did not come so far
	}
	return &check.Fault{
		Warn: true, Found: fmt.Sprintf("the server's certificate names %s in its common name alone: it has no subject alternative name", m.Host),
		Why:    "the ZenML server takes it, because its Python still looks at the common name; most other clients refuse it",
		Remedy: "have a certificate issued for the database server with subjectAltName = DNS:" + m.Host,
	}
}
