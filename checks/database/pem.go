package database

import (
	"encoding/pem"
	"fmt"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/pemtext"
)

// pemFile is one of the TLS files for the database.
type pemFile struct {
	what   string // for messages: "CA certificate"
	key    string // of the answers
	kind   string // the PEM type that it needs; empty for any private key
	source answers.Source
}

func caFile(t answers.TLS) pemFile {
	return pemFile{"CA certificate", "database.mysql.tls.ca", "CERTIFICATE", t.CA}
}

func certFile(t answers.TLS) pemFile {
	return pemFile{"client certificate", "database.mysql.tls.cert", "CERTIFICATE", t.Cert}
}

func keyFile(t answers.TLS) pemFile {
	return pemFile{"client key", "database.mysql.tls.key", "", t.Key}
}

// name returns the file in commands.
func (f pemFile) name() string {
	if f.source.File != "" {
		return f.source.File
	}
	return "FILE"
}

// fault returns why the content cannot be used; nil if it is PEM with the
// required block.
func (f pemFile) fault(content string) *check.Fault {
	switch format := pemtext.Recognize(content); {
	case format != pemtext.PEM:
		return f.notPEM(format)
	case f.kind == "" && pemtext.IsEncrypted(content):
		return &check.Fault{
			Summary: "the client key is encrypted, and the ZenML server cannot decrypt it",
			Remedy: fmt.Sprintf("decrypt it and set %s to the new file: openssl pkey -in %s -out client-key-plain.pem",
				f.key, f.name()),
		}
	case !f.hasBlock(content):
		return &check.Fault{
			Summary: fmt.Sprintf("%s has no %s", f.key, f.needed()),
			Remedy:  fmt.Sprintf("set %s to a PEM file with the %s: grep -- -----BEGIN %s", f.key, f.what, f.name()),
		}
	}
	return nil
}

// needed describes what the file must contain.
func (f pemFile) needed() string {
	if f.kind == "" {
		return "private key"
	}
	return "certificate"
}

// hasBlock reports whether the PEM text has a block of the required type.
func (f pemFile) hasBlock(content string) bool {
	for rest := []byte(pemtext.Clean(content)); ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return false
		}
		isKey := block.Type == "PRIVATE KEY" || block.Type == "RSA PRIVATE KEY" || block.Type == "EC PRIVATE KEY"
		if block.Type == f.kind || f.kind == "" && isKey {
			return true
		}
	}
}

// notPEM returns the fault of another format, with the command that converts
// it.
func (f pemFile) notPEM(format pemtext.Format) *check.Fault {
	return &check.Fault{
		Summary: fmt.Sprintf("the %s is not PEM but %s", f.what, format),
		Remedy:  fmt.Sprintf("set %s to a PEM file: %s", f.key, format.Conversion(f.part(), f.name(), "new.pem")),
	}
}

// part returns the part of a file that is needed.
func (f pemFile) part() pemtext.Part {
	switch f.key {
	case "database.mysql.tls.cert":
		return pemtext.ClientCertificate
	case "database.mysql.tls.key":
		return pemtext.PrivateKey
	}
	return pemtext.CACertificates
}
