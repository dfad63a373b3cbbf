package check

import (
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"time"
)

// CertificateNames returns the hosts that a certificate is valid for.
func CertificateNames(c *x509.Certificate) []string {
	names := append([]string{}, c.DNSNames...)
	for _, ip := range c.IPAddresses {
		names = append(names, ip.String())
	}
	if len(c.DNSNames) == 0 {
		names = append(names, CommonNames(c)...) // clients fall back to common names
	}
	if len(names) == 0 {
		names = append(names, "no host (it has no subject alternative name)")
	}
	return names
}

// ValidityProblem describes why a certificate is not valid at that time: it is
// expired or not valid yet.
func ValidityProblem(c *x509.Certificate, now time.Time) string {
	if now.Before(c.NotBefore) {
		return fmt.Sprintf("the certificate of %s is not valid before %s", c.Subject, c.NotBefore.Format(time.RFC3339))
	}
	return fmt.Sprintf("the certificate of %s expired on %s", c.Subject, c.NotAfter.Format(time.RFC3339))
}

// ExpiryWarning is how long before the expiry of a certificate a check warns.
const ExpiryWarning = 14 * 24 * time.Hour

// CommonNames returns the common names of a certificate's subject.
func CommonNames(c *x509.Certificate) []string {
	var names []string
	for _, n := range c.Subject.Names {
		if text, ok := n.Value.(string); ok && n.Type.Equal(commonName) {
			names = append(names, text)
		}
	}
	return names
}

var commonName = asn1.ObjectIdentifier{2, 5, 4, 3}
