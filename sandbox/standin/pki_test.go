package standin

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"os"
	"path/filepath"
	"time"
)

// pki contains a CA with a server's and a client's certificate, and a second CA
// that signed neither. The server's certificate is for localhost, not for
// 127.0.0.1.
type pki struct {
	ca, server, client, stranger pair
}

// pair is a certificate and its key.
type pair struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newPKI() *pki {
	ca := issue("test CA", nil, time.Hour)
	return &pki{
		ca:       ca,
		server:   issue("localhost", &ca, time.Hour),
		client:   issue("client", &ca, time.Hour),
		stranger: issue("another CA", nil, time.Hour),
	}
}

// issue creates a certificate that is valid for life. Without an issuer it is a
// CA.
func issue(name string, by *pair, life time.Duration) pair {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-2 * time.Hour), NotAfter: time.Now().Add(life),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	signer := pair{cert: template, key: key}
	if by != nil {
		signer = *by
	} else {
		template.IsCA, template.BasicConstraintsValid, template.KeyUsage, template.DNSNames = true, true, x509.KeyUsageCertSign, nil
	}
	der, err := x509.CreateCertificate(rand.Reader, template, signer.cert, &key.PublicKey, signer.key)
	if err != nil {
		panic(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		panic(err)
	}
	return pair{cert: cert, key: key}
}

func (p pair) certPEM() string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: p.cert.Raw}))
}

func (p pair) keyPEM() string {
	der, err := x509.MarshalPKCS8PrivateKey(p.key)
	if err != nil {
		panic(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

// writeServer writes the CA's certificate and a server's pair to the database's
// folder.
func (p *pki) writeServer(folder string, server pair) error {
	return errors.Join(
		os.WriteFile(filepath.Join(folder, "ca.pem"), []byte(p.ca.certPEM()), 0o644),
		os.WriteFile(filepath.Join(folder, "cert.pem"), []byte(server.certPEM()), 0o644),
		os.WriteFile(filepath.Join(folder, "key.pem"), []byte(server.keyPEM()), 0o644),
	)
}
