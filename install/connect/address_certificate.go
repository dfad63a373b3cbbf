package connect

import (
	"context"
	"crypto/x509"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/install/exposure"
)

// unverifiable reports whether this machine cannot verify a certificate,
// because it is from a private CA or for another name. A certificate that is not
// issued or not readable counts as valid, unless its issuer is a private one.
func (f addressFinder) unverifiable(ctx context.Context, name, host string) bool {
	s, err := f.client.CoreV1().Secrets(f.namespace).Get(ctx, name, metav1.GetOptions{})
	if err != nil || len(s.Data[corev1.TLSCertKey]) == 0 {
		return f.reader(f.namespace).IsPrivate(ctx, name)
	}
	chain := exposure.Certificates(s.Data[corev1.TLSCertKey])
	if len(chain) == 0 {
		return true
	}
	between := x509.NewCertPool()
	for _, c := range chain[1:] {
		between.AddCert(c)
	}
	_, err = chain[0].Verify(x509.VerifyOptions{DNSName: host, Intermediates: between})
	return err != nil
}
