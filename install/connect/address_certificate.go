package connect

import (
	"context"
	"crypto/x509"
	"encoding/pem"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// unverifiable reports whether this machine cannot verify a certificate,
// because it is from a private CA or for another name. A certificate that is
// missing or not readable counts as valid.
func (f addressFinder) unverifiable(ctx context.Context, name, host string) bool {
	s, err := f.client.CoreV1().Secrets(f.namespace).Get(ctx, name, metav1.GetOptions{})
	if err != nil || len(s.Data[corev1.TLSCertKey]) == 0 {
		return false
	}
	chain := certificates(s.Data[corev1.TLSCertKey])
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

func certificates(data []byte) []*x509.Certificate {
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
