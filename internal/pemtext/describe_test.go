package pemtext

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"
	"time"
)

// certificate returns a PEM certificate for a subject.
func certificate(t *testing.T, name pkix.Name, hosts ...string) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: name, DNSNames: hosts,
		NotAfter: time.Date(2031, 3, 9, 12, 0, 0, 0, time.UTC)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

func TestDescribe(t *testing.T) {
	one := certificate(t, pkix.Name{CommonName: "Acme Root CA"})
	for text, want := range map[string]string{
		one:       "Acme Root CA, valid until 9 March 2031",
		one + one: "Acme Root CA, valid until 9 March 2031, and 1 more certificate",
		certificate(t, pkix.Name{}, "zenml.example.com"):                 "zenml.example.com, valid until 9 March 2031",
		certificate(t, pkix.Name{Organization: []string{"Acme"}}):        "O=Acme, valid until 9 March 2031",
		"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n": "a private key",
		"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n": "",
		`{"type": "service_account"}`:                                    "",
		Unfold(strings.ReplaceAll(strings.TrimSpace(one), "\n", " ")):    "Acme Root CA, valid until 9 March 2031",
	} {
		if got := Describe(text); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
