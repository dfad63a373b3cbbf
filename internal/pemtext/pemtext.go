// Package pemtext prepares PEM text as OpenSSL reads it, and recognizes what people give
// instead of PEM.
package pemtext

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"strings"
)

// Clean removes a UTF-8 byte order mark, which OpenSSL ignores and Go does not.
func Clean(text string) string { return strings.TrimPrefix(text, "\ufeff") }

// IsEncrypted reports whether the text has an encrypted private key.
func IsEncrypted(text string) bool {
	for rest := []byte(Clean(text)); ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return false
		}
		if block.Type == "ENCRYPTED PRIVATE KEY" || strings.Contains(block.Headers["Proc-Type"], "ENCRYPTED") {
			return true
		}
	}
}

// Format is a file format of certificates and keys.
type Format int

// The formats that Recognize distinguishes.
const (
	Unknown Format = iota
	PEM
	PKCS7PEM
	PKCS7
	PKCS12
	DERCertificate
	DERKey
	UTF16
)

// String names the format for people.
func (f Format) String() string {
	switch f {
	case PEM:
		return "PEM"
	case PKCS7PEM, PKCS7:
		return "a PKCS #7 file (.p7b)"
	case PKCS12:
		return "a PKCS #12 file (.p12 or .pfx)"
	case DERCertificate:
		return "a DER certificate"
	case DERKey:
		return "a DER private key"
	case UTF16:
		return "UTF-16 text"
	}
	return "an unknown format"
}

// Recognize returns the format of a file.
func Recognize(content string) Format {
	der := []byte(content)
	var sequence asn1.RawValue
	_, err := asn1.Unmarshal(der, &sequence)
	switch block, _ := pem.Decode([]byte(Clean(content))); {
	case block != nil && block.Type == "PKCS7":
		return PKCS7PEM
	case block != nil:
		return PEM
	case strings.HasPrefix(content, "\xff\xfe"), strings.HasPrefix(content, "\xfe\xff"):
		return UTF16
	case err != nil || sequence.Tag != asn1.TagSequence:
		return Unknown
	case isCertificate(der):
		return DERCertificate
	case isKey(der):
		return DERKey
	case bytes.HasPrefix(sequence.Bytes, []byte{asn1.TagInteger, 1, 3}):
		return PKCS12 // its version is 3
	case bytes.HasPrefix(sequence.Bytes, signedData):
		return PKCS7
	}
	return Unknown
}

// signedData is the object identifier 1.2.840.113549.1.7.2 in DER.
var signedData = []byte{0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02}

func isCertificate(der []byte) bool {
	_, err := x509.ParseCertificate(der)
	return err == nil
}

func isKey(der []byte) bool {
	if _, err := x509.ParsePKCS8PrivateKey(der); err == nil {
		return true
	}
	if _, err := x509.ParseECPrivateKey(der); err == nil {
		return true
	}
	_, err := x509.ParsePKCS1PrivateKey(der)
	return err == nil
}
