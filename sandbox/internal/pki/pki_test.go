package pki

import (
	"crypto/ecdsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestIssue(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "pki")
	authority, err := NewAuthority(dir)
	if err != nil {
		t.Fatal(err)
	}
	request := Request{
		File:   "server",
		User:   "someone",
		Groups: []string{"system:masters"},
		Hosts:  []string{"10.211.0.2", "kubernetes.default"},
	}
	pair, err := authority.Issue(request)
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := tls.LoadX509KeyPair(pair.CertFile, pair.KeyFile)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(authority.CertPEM()) {
		t.Fatal("the authority's PEM holds no certificate")
	}
	for _, usage := range []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth} {
		if _, err := loaded.Leaf.Verify(x509.VerifyOptions{Roots: roots, KeyUsages: []x509.ExtKeyUsage{usage}}); err != nil {
			t.Errorf("usage %v: %v", usage, err)
		}
	}
	for _, host := range request.Hosts {
		if err := loaded.Leaf.VerifyHostname(host); err != nil {
			t.Error(err)
		}
	}
	if err := loaded.Leaf.VerifyHostname("elsewhere.example"); err == nil {
		t.Error("the certificate is valid for a host that was not asked for")
	}
	subject := loaded.Leaf.Subject
	if subject.CommonName != request.User || !slices.Equal(subject.Organization, request.Groups) {
		t.Errorf("subject %v", subject)
	}
}

func TestAuthoritiesAreDistinct(t *testing.T) {
	first, err := NewAuthority(filepath.Join(t.TempDir(), "a"))
	if err != nil {
		t.Fatal(err)
	}
	second, err := NewAuthority(filepath.Join(t.TempDir(), "b"))
	if err != nil {
		t.Fatal(err)
	}
	pair, err := first.Issue(Request{File: "x", User: "x"})
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(pair.CertPEM)
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(second.CertPEM())
	if _, err := cert.Verify(x509.VerifyOptions{Roots: roots, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}}); err == nil {
		t.Error("one sandbox's certificate is trusted by another's authority")
	}
}

func TestSigningKey(t *testing.T) {
	authority, err := NewAuthority(filepath.Join(t.TempDir(), "pki"))
	if err != nil {
		t.Fatal(err)
	}
	private, public, err := authority.SigningKey("tokens")
	if err != nil {
		t.Fatal(err)
	}
	privateKey, err := x509.ParseECPrivateKey(decode(t, private))
	if err != nil {
		t.Fatal(err)
	}
	publicKey, err := x509.ParsePKIXPublicKey(decode(t, public))
	if err != nil {
		t.Fatal(err)
	}
	if ours, ok := publicKey.(*ecdsa.PublicKey); !ok || !ours.Equal(privateKey.Public()) {
		t.Error("the public key is not the private key's")
	}
}

func TestFilesAreForTheOwnerAlone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "pki")
	authority, err := NewAuthority(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := authority.Issue(Request{File: "x", User: "x"}); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(dir + "/*")
	if err != nil || len(files) != 4 {
		t.Fatalf("files %v, %v", files, err)
	}
	for _, file := range files {
		info, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v, want 0600", file, info.Mode().Perm())
		}
	}
}

func decode(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Clean(path))
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(data)
	if block == nil {
		t.Fatalf("%s holds no PEM", path)
	}
	return block.Bytes
}
