package install

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"time"
)

// apiCertificate is the ACME server's certificate, in PEM. Its CA signs only
// this certificate, and the CA's key is discarded.
type apiCertificate struct{ ca, certificate, key string }

func newAPICertificate(hosts []string) (apiCertificate, error) {
	authority := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Sandbox ACME API CA"},
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(1, 0, 0),
	}
	caKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return apiCertificate{}, fmt.Errorf("generate key: %w", err)
	}
	ca, err := x509.CreateCertificate(rand.Reader, authority, authority, caKey.Public(), caKey)
	if err != nil {
		return apiCertificate{}, fmt.Errorf("create certificate: %w", err)
	}
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(2),
		Subject:      pkix.Name{CommonName: hosts[0]},
		DNSNames:     hosts,
		ExtKeyUsage: []x509.ExtKeyUsage{
			x509.ExtKeyUsageServerAuth,
		},
		NotBefore: authority.NotBefore,
		NotAfter:  authority.NotAfter,
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return apiCertificate{}, fmt.Errorf("generate key: %w", err)
	}
	certificate, err := x509.CreateCertificate(rand.Reader, leaf, authority, key.Public(), caKey)
	if err != nil {
		return apiCertificate{}, fmt.Errorf("create certificate: %w", err)
	}
	encoded, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return apiCertificate{}, fmt.Errorf("encode key: %w", err)
	}
	return apiCertificate{
		ca:          encode("CERTIFICATE", ca),
		certificate: encode("CERTIFICATE", certificate),
		key:         encode("EC PRIVATE KEY", encoded),
	}, nil
}

func encode(kind string, data []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: data}))
}
