package database

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/testdb"
)

// runOpenSSL runs a command of openssl in a folder.
func runOpenSSL(t *testing.T, dir, command string) {
	t.Helper()
	c := exec.CommandContext(t.Context(), "openssl", strings.Fields(command)...)
	c.Dir = dir
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("openssl %s: %v\n%s", command, err, out)
	}
}

// TestTLS_formats uses files in common formats, and follows the remedies.
func TestTLS_formats(t *testing.T) {
	t.Parallel()
	s := checktest.StartDatabase(t, testdb.Options{})
	dir, pair := t.TempDir(), s.Authority.Client(t, "zenml")
	for name, content := range map[string][]byte{
		"ca.pem": s.Authority.PEM, "cert.pem": pair.Cert, "key.pem": pair.Key,
	} {
		checktest.Must(t, os.WriteFile(filepath.Join(dir, name), content, 0o600))
	}
	runOpenSSL(t, dir, "pkcs12 -export -in cert.pem -inkey key.pem -certfile ca.pem -out all.p12 -passout pass:")
	runOpenSSL(t, dir, "crl2pkcs7 -nocrl -certfile ca.pem -out ca.p7b")
	runOpenSSL(t, dir, "crl2pkcs7 -nocrl -certfile ca.pem -outform der -out der.p7b")
	runOpenSSL(t, dir, "x509 -in ca.pem -outform der -out ca.der")
	runOpenSSL(t, dir, "pkey -in key.pem -outform der -out key.der")
	runOpenSSL(t, dir, "pkcs8 -topk8 -in key.pem -out encrypted.pem -passout pass:secret")
	runOpenSSL(t, dir, "ec -in key.pem -aes256 -out legacy.pem -passout pass:secret")
	checktest.Must(t, os.WriteFile(filepath.Join(dir, "bom.pem"), append([]byte("\ufeff"), s.Authority.PEM...), 0o600))
	at := func(name string) answers.Source { return answers.Source{File: filepath.Join(dir, name)} }
	for name, c := range map[string]struct {
		change func(*answers.TLS)
		status check.Status
		say    []string
	}{
		"CA with a byte order mark": {func(t *answers.TLS) { t.CA = at("bom.pem") }, check.Pass, nil},
		"CA as PKCS #12": {func(t *answers.TLS) { t.CA = at("all.p12") }, check.Failed,
			[]string{"PKCS #12", "openssl pkcs12 -cacerts -nokeys -in "}},
		"CA as PKCS #7": {func(t *answers.TLS) { t.CA = at("ca.p7b") }, check.Failed,
			[]string{"PKCS #7", "openssl pkcs7 -print_certs -in "}},
		"CA as binary PKCS #7": {func(t *answers.TLS) { t.CA = at("der.p7b") }, check.Failed,
			[]string{"PKCS #7", "openssl pkcs7 -inform der -print_certs -in "}},
		"CA as DER": {func(t *answers.TLS) { t.CA = at("ca.der") }, check.Failed,
			[]string{"a DER certificate", "openssl x509 -inform der -in "}},
		"CA that is a key": {func(t *answers.TLS) { t.CA = at("key.pem") }, check.Failed, []string{"has no certificate"}},
		"key as DER": {func(t *answers.TLS) { t.Cert, t.Key = at("cert.pem"), at("key.der") }, check.Failed,
			[]string{"a DER private key", "openssl pkey -inform der -in "}},
		"encrypted key": {func(t *answers.TLS) { t.Cert, t.Key = at("cert.pem"), at("encrypted.pem") }, check.Failed,
			[]string{"the client key is encrypted", "openssl pkey -in " + dir + "/encrypted.pem -out"}},
		"key with legacy encryption": {func(t *answers.TLS) { t.Cert, t.Key = at("cert.pem"), at("legacy.pem") },
			check.Failed,
			[]string{"the client key is encrypted"}},
		"certificate as PKCS #12": {func(t *answers.TLS) { t.Cert, t.Key = at("all.p12"), at("key.pem") }, check.Failed,
			[]string{"openssl pkcs12 -clcerts -nokeys -in "}},
		"everything as PEM": {func(t *answers.TLS) { t.Cert, t.Key = at("cert.pem"), at("key.pem") }, check.Pass, nil},
	} {
		t.Run(name, func(t *testing.T) {
			e := checktest.WithDatabase(t, s, func(m *answers.MySQL) { c.change(&m.TLS) })
			result := checktest.Expect(
				t,
				preflight(t, e, check.Options{Only: []string{"database.tls"}}),
				"database.tls",
				c.status,
				c.say...)
			if _, command, ok := strings.Cut(result.Remedy, "PEM file: openssl "); ok &&
				strings.HasPrefix(name, "CA as PKCS #7") {
				runOpenSSL(t, dir, command)
				e := checktest.WithDatabase(t, s, func(m *answers.MySQL) { m.TLS.CA = at("new.pem") })
				checktest.Expect(
					t,
					preflight(t, e, check.Options{Only: []string{"database.tls"}}),
					"database.tls",
					check.Pass,
				)
			}
		})
	}
}
