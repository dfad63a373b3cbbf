package pemtext

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"testing"
)

func TestRecognize(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	text := string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	for name, c := range map[string]struct {
		content string
		want    Format
	}{
		"PEM":                        {text, PEM},
		"PEM with a byte order mark": {"\ufeff" + text, PEM},
		"DER":                        {string(der), DERKey},
		"UTF-16":                     {"\xff\xfe-\x00-\x00", UTF16},
		"PKCS #12":                   {"\x30\x03\x02\x01\x03", PKCS12},
		"PKCS #7":                    {"\x30\x0b" + string(signedData), PKCS7},
		"text":                       {"rubbish", Unknown},
		"nothing":                    {"", Unknown},
	} {
		if got := Recognize(c.content); got != c.want {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
	if IsEncrypted(text) || !IsEncrypted("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n") {
		t.Error("the encryption is not recognized")
	}
}
