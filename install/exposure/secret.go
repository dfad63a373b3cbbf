package exposure

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/zenml-installer/zenml-installer/install/diagnose"
)

// Secret returns the state of a Secret with the server's certificate, and false
// if the user cannot read it or it has no certificate.
func (r Reader) Secret(ctx context.Context, name string) (Status, bool) {
	s := Status{Object: r.object("Secret", name), Detail: "valid"}
	var found corev1.Secret
	err := r.read(ctx, &found, coreAPI, "secrets", name)
	if apierrors.IsNotFound(err) {
		s.Problem = diagnose.Problem{
			Reason: diagnose.CertificateMissing,
			Text:   fmt.Sprintf("there is no Secret %s in namespace %s", name, r.Namespace),
		}
		return s, true
	}
	chain := Certificates(found.Data[corev1.TLSCertKey])
	if err != nil || len(chain) == 0 {
		return Status{}, false
	}
	s.Ready = time.Now().Before(chain[0].NotAfter)
	s.Problem = diagnose.Problem{
		Reason: diagnose.CertificateExpired,
		Text:   "since " + chain[0].NotAfter.UTC().Format("2006-01-02 15:04 MST"),
	}
	return s, true
}

// Certificates returns the certificates in a PEM file.
func Certificates(data []byte) []*x509.Certificate {
	var all []*x509.Certificate
	for {
		var block *pem.Block
		if block, data = pem.Decode(data); block == nil {
			return all
		}
		if c, err := x509.ParseCertificate(block.Bytes); err == nil {
			all = append(all, c)
		}
	}
}
