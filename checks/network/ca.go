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
)

// customCA is one of the answers' authorities, wherever it comes from.
type customCA struct {
	where  string // its key in the answers
	name   string
	source answers.Source
}

func customCAs(e *check.Env) []customCA {
	var all []customCA
	for i, ca := range e.Answers.Certificates.CustomCAs {
		all = append(all, customCA{where: fmt.Sprintf("certificates.customCAs[%d]", i), name: ca.Name, source: ca.Certificate})
	}
	for i, ref := range e.Answers.Certificates.SecretRefs {
		all = append(all, customCA{where: fmt.Sprintf("certificates.secretRefs[%d]", i), source: answers.Source{SecretRef: &ref}})
	}
	return all
}

func checkCA(ctx context.Context, e *check.Env) (string, error) {
	names, seen := map[string]string{}, map[[32]byte]string{}
	count := 0
	var warning, unread error
	for _, ca := range customCAs(e) {
		if fault := caName(ca, names); fault != nil {
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
			fault := judgeCA(ca.where, c, e.Now())
			if fault == nil {
				fault = twice(ca.where, c, seen)
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

// caName holds a name to what the chart makes of it: a part of a Secret's
// name.
func caName(ca customCA, names map[string]string) *check.Fault {
	if ca.source.SecretRef != nil && ca.name == "" {
		return nil
	}
	if problems := validation.IsDNS1123Label(ca.name); len(problems) > 0 {
		return &check.Fault{Found: fmt.Sprintf("%s: %q cannot be part of a Secret's name: it is not a DNS label", ca.where, ca.name), Remedy: "use lower-case letters, digits and hyphens", Why: "the chart makes a Secret named after it, which the API server refuses"}
	}
	if first, there := names[ca.name]; there {
		return &check.Fault{Found: fmt.Sprintf("%s and %s are both named %s", first, ca.where, ca.name), Remedy: "give each a name of its own", Why: "the chart makes a Secret named after it: one would take the place of the other"}
	}
	names[ca.name] = ca.where
	return nil
}

func caCertificates(ctx context.Context, e *check.Env, ca customCA) ([]*x509.Certificate, error) {
	text, err := e.Read(ctx, ca.where, ca.source)
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
			return nil, &check.Fault{Found: fmt.Sprintf("%s holds a %s", ca.where, strings.ToLower(block.Type)), Remedy: "give the authority's certificate alone, as PEM"}
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, &check.Fault{Found: fmt.Sprintf("%s holds a certificate that cannot be read: %v", ca.where, err), Remedy: "openssl x509 -noout -text -in FILE shows what it is", Cause: err}
		}
		all = append(all, c)
	}
	if len(all) == 0 {
		return nil, &check.Fault{Found: ca.where + " is not PEM: there is no certificate in it", Remedy: "a DER file is turned into PEM by openssl x509 -inform der -in FILE -out ca.pem"}
	}
	return all, nil
}

func judgeCA(where string, c *x509.Certificate, now time.Time) *check.Fault {
	switch {
	case !c.IsCA && string(c.RawIssuer) != string(c.RawSubject):
		return &check.Fault{Found: fmt.Sprintf("%s: %s is not an authority's certificate (CA:TRUE is missing)", where, c.Subject), Remedy: "give the certificate of the authority that issued it: " + c.Issuer.String()}
	case now.After(c.NotAfter), now.Before(c.NotBefore):
		return &check.Fault{Found: where + ": " + check.ValidityProblem(c, now), Remedy: "get the authority's current certificate"}
	case c.NotAfter.Sub(now) < check.ExpiryWarning:
		return &check.Fault{Warn: true, Found: fmt.Sprintf("%s: %s ends on %s", where, c.Subject, c.NotAfter.Format(time.DateOnly)), Why: "the server trusts it no longer from then on", Remedy: "get the authority's next certificate"}
	}
	return nil
}

func twice(where string, c *x509.Certificate, seen map[[32]byte]string) *check.Fault {
	sum := sha256.Sum256(c.Raw)
	if first, there := seen[sum]; there {
		return &check.Fault{Warn: true, Found: fmt.Sprintf("%s and %s hold the same certificate, %s", first, where, c.Subject), Why: "one of them is probably not what you meant to give", Remedy: "leave one of them out"}
	}
	seen[sum] = where
	return nil
}
