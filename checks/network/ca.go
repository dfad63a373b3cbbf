package network

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/pemtext"
)

// customCA is a custom CA from the answers or raw values.
type customCA struct {
	where  string // its key in the answers
	name   string
	source answers.Source
}

func customCAs(e *check.Env) []customCA {
	var all []customCA
	for i, ca := range e.Answers.Certificates.CustomCAs {
		where := fmt.Sprintf("certificates.customCAs[%d]", i)
		all = append(all, customCA{where: where, name: ca.Name, source: ca.Certificate})
	}
	for i, ref := range e.Answers.Certificates.SecretRefs {
		where := fmt.Sprintf("certificates.secretRefs[%d]", i)
		all = append(all, customCA{where: where, source: answers.Source{SecretRef: &ref}})
	}
	return all
}

func checkCA(ctx context.Context, e *check.Env) (string, error) {
	names, seen := map[string]string{}, map[[32]byte]string{}
	count := 0
	var warning, unread error
	for _, ca := range customCAs(e) {
		if fault := nameFault(ca, names); fault != nil {
			return "", fault
		}
		certificates, err := caCertificates(ctx, e, ca)
		var skip *check.SkipError
		if errors.As(err, &skip) {
			unread = err
			continue
		}
		if err != nil {
			return "", err
		}
		for _, c := range certificates {
			fault := validityFault(ca.where, c, e.Now())
			if fault == nil {
				fault = duplicateFault(ca.where, c, seen)
			}
			if fault != nil && !fault.Warn {
				return "", fault
			}
			if fault != nil && warning == nil {
				warning = fault
			}
			count++
		}
	}
	if warning != nil {
		return "", warning
	}
	return fmt.Sprintf("%d certificates", count), unread
}

// nameFault checks that the name can be part of a Secret's name, as in the chart.
func nameFault(ca customCA, names map[string]string) *check.Fault {
	if ca.source.SecretRef != nil && ca.name == "" {
		return nil
	}
	if problems := validation.IsDNS1123Label(ca.name); len(problems) > 0 {
		return &check.Fault{
			Summary: fmt.Sprintf("%s.name: %q is not a DNS label", ca.where, ca.name),
			Remedy:  "use only lower-case letters, digits and hyphens in " + ca.where + ".name",
			Reason:  "the chart names a Secret after it, which the API server rejects",
		}
	}
	if first, exists := names[ca.name]; exists {
		return &check.Fault{
			Summary: fmt.Sprintf("%s and %s are both named %s", first, ca.where, ca.name),
			Remedy:  "set another " + ca.where + ".name",
			Reason:  "the chart names a Secret after it, so one would replace the other",
		}
	}
	names[ca.name] = ca.where
	return nil
}

func caCertificates(ctx context.Context, e *check.Env, ca customCA) ([]*x509.Certificate, error) {
	text, err := e.Read(ctx, "CA certificate in "+ca.where, ca.source)
	if err != nil {
		return nil, err
	}
	var all []*x509.Certificate
	rest := []byte(text.Reveal())
	for {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if block.Type != "CERTIFICATE" {
			return nil, &check.Fault{
				Summary: fmt.Sprintf("%s contains a %s", ca.where, strings.ToLower(block.Type)),
				Remedy:  "keep only the CA certificate in " + ca.where,
			}
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, &check.Fault{
				Summary: fmt.Sprintf("%s contains an invalid certificate: %s", ca.where, check.Reason(err)),
				Remedy:  "export the CA certificate again as PEM; check it with openssl x509 -noout -text -in FILE",
				Err:     err,
			}
		}
		all = append(all, c)
	}
	if len(all) == 0 {
		return nil, notPEM(ca.where, text.Reveal())
	}
	return all, nil
}

// notPEM returns the format of a file without a PEM block, and the command that
// converts it.
func notPEM(where, content string) *check.Fault {
	format := pemtext.Recognize(content)
	if format == pemtext.Unknown || format == pemtext.PEM {
		return &check.Fault{
			Summary: where + " contains no PEM certificate",
			Remedy:  "set " + where + " to a file that begins with -----BEGIN CERTIFICATE-----",
		}
	}
	return &check.Fault{
		Summary: where + " is not PEM but " + format.String(),
		Remedy:  "convert it: " + format.Conversion(pemtext.CACertificates, "FILE", "ca.pem"),
	}
}

func validityFault(where string, c *x509.Certificate, now time.Time) *check.Fault {
	switch {
	case !c.IsCA && string(c.RawIssuer) != string(c.RawSubject):
		return &check.Fault{
			Summary: fmt.Sprintf("%s: %s is not a CA certificate (CA:TRUE is missing)", where, c.Subject),
			Remedy:  fmt.Sprintf("set %s to the certificate of its issuer, %s", where, c.Issuer),
		}
	case now.After(c.NotAfter), now.Before(c.NotBefore):
		return &check.Fault{
			Summary: where + ": " + check.ValidityProblem(c, now),
			Remedy:  "set " + where + " to the CA's current certificate",
		}
	case c.NotAfter.Sub(now) < check.ExpiryWarning:
		return &check.Fault{
			Warn: true, Summary: fmt.Sprintf("%s: %s expires on %s", where, c.Subject,
				c.NotAfter.Format(time.DateOnly)),
			Reason: "the server stops trusting it on that day",
			Remedy: "add the CA's next certificate to certificates.customCAs",
		}
	}
	return nil
}

func duplicateFault(where string, c *x509.Certificate, seen map[[32]byte]string) *check.Fault {
	sum := sha256.Sum256(c.Raw)
	if first, exists := seen[sum]; exists {
		return &check.Fault{
			Warn: true, Summary: fmt.Sprintf("%s and %s contain the same certificate, %s", first, where, c.Subject),
			Reason: "one of them is probably a mistake", Remedy: "remove " + where +
				", or set it to another certificate",
		}
	}
	seen[sum] = where
	return nil
}
