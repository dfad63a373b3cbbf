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

// Part is what is wanted of a file with several things in it.
type Part string

// The parts, as openssl's pkcs12 selects them.
const (
	CACertificates    Part = "-cacerts -nokeys"
	ClientCertificate Part = "-clcerts -nokeys"
	PrivateKey        Part = "-nocerts -nodes"
)

// Conversion returns the command that writes a part of a file as PEM; for an
// unknown format, how PEM is recognized.
func (f Format) Conversion(part Part, in, out string) string {
	files := " -in " + in + " -out " + out
	switch f {
	case PKCS7PEM:
		return "openssl pkcs7 -print_certs" + files
	case PKCS7:
		return "openssl pkcs7 -inform der -print_certs" + files
	case PKCS12:
		return "openssl pkcs12 " + string(part) + files
	case DERCertificate:
		return "openssl x509 -inform der" + files
	case DERKey:
		return "openssl pkey -inform der" + files
	case UTF16:
		return "iconv -f utf-16 -t utf-8 " + in + " -o " + out
	}
	return "it starts with a line -----BEGIN …-----"
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
