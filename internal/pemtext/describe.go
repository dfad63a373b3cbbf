package pemtext

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"strings"

	"github.com/zenml-installer/zenml-installer/internal/display"
)

// Describe says what PEM text contains: the subject and the end of its first certificate
// and how many more there are, or that it is a private key. It is empty for other text.
func Describe(text string) string {
	var first *x509.Certificate
	count := 0
	for rest := []byte(Clean(text)); ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if count == 0 && strings.HasSuffix(block.Type, "PRIVATE KEY") {
			return "a private key"
		}
		certificate, err := x509.ParseCertificate(block.Bytes)
		if block.Type != "CERTIFICATE" || err != nil {
			continue
		}
		if count++; first == nil {
			first = certificate
		}
	}
	if first == nil {
		return ""
	}
	said := fmt.Sprintf("%s, valid until %s", subject(first), first.NotAfter.Format("2 January 2006"))
	if count > 1 {
		said += ", and " + display.Count(count-1, "more certificate")
	}
	return said
}

// subject names whom a certificate is for.
func subject(c *x509.Certificate) string {
	switch {
	case c.Subject.CommonName != "":
		return c.Subject.CommonName
	case len(c.DNSNames) > 0:
		return c.DNSNames[0]
	}
	return c.Subject.String()
}
