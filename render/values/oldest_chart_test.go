package values_test

import (
	"bytes"
	"net/url"
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/tree"
	"github.com/zenml-installer/zenml-installer/render/importer"
	"github.com/zenml-installer/zenml-installer/render/rendertest"
	"github.com/zenml-installer/zenml-installer/render/values"
)

// oldest is the legacy chart without the settings that charts up to 0.73.0 lack.
func oldest(t *testing.T) rendertest.StandIn {
	t.Helper()
	c := rendertest.Load(t, "legacy")
	for _, name := range []string{"passwordSecretRef", "ssl", "sslCa", "sslCert", "sslKey"} {
		c = withoutDefault(t, c, []string{"zenml", "database", name})
	}
	return c
}

const oldestAnswers = `version: 1
database: {type: mysql, mysql: {host: db.example.com, name: zenml, user: 'ze@n:ml',
  password: {value: 'p@s:s/w%rd #+é'}, tls: {%}}}
secretsStore: {sql: {encryptionKey: {value: 0123456789abcdef0123456789abcdef}}}
`

func oldestWithTLS(t *testing.T, tls string) answers.Answers {
	t.Helper()
	return rendertest.Parse(t, strings.Replace(oldestAnswers, "%}", tls+"}", 1))
}

func TestPasswordInURL(t *testing.T) {
	doc, faults := rendertest.DrawOn(t, oldest(t), oldestWithTLS(t, "mode: 'off'"))
	if len(faults) > 0 {
		t.Errorf("not proved: %v", faults)
	}
	address, _ := tree.At(doc.Map, []string{"zenml", "database", "url"}).(string)
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	password, _ := u.User.Password()
	if u.User.Username() != "ze@n:ml" || password != "p@s:s/w%rd #+é" || u.Host != "db.example.com:3306" ||
		strings.Count(address, "@") != 1 {
		t.Errorf("the URL is %s", address)
	}
	if !doc.Sensitive || !bytes.HasPrefix(doc.Bytes, []byte("# SENSITIVE: this file contains zenml.database.url")) {
		t.Errorf("the file does not say that it contains the password:\n%s", doc.Bytes)
	}
	if shown, err := doc.Redacted(); err != nil || strings.Contains(shown, "p%40s") {
		t.Errorf("the password is shown, %v:\n%s", err, shown)
	}
	for _, need := range doc.Needs() {
		if need.Answer == "database.mysql.password" {
			t.Errorf("the installer would create an unused Secret %s", need.Name)
		}
	}
}

// TestPasswordInURL_secret wants a password in a Secret to be refused: the chart cannot read it.
func TestPasswordInURL_secret(t *testing.T) {
	a := oldestWithTLS(t, "mode: 'off'")
	a.Database.MySQL.Password = answers.Source{SecretRef: &answers.SecretRef{Name: "db", Key: "pw"}}
	c := oldest(t)
	_, err := values.Build(a, c.Info, rendertest.Settings(a))
	if err == nil || !strings.Contains(err.Error(), "database.mysql.password") ||
		!strings.Contains(err.Error(), "give it as {env: NAME} or {file: PATH}") {
		t.Errorf("got %v", err)
	}
}

// TestPasswordVariable covers a current chart without passwordSecretRef, which can still read a Secret.
func TestPasswordVariable(t *testing.T) {
	c := withoutDefault(t, rendertest.Load(t, "current"), []string{"server", "database", "passwordSecretRef"})
	doc, faults := rendertest.DrawOn(t, c, oldestWithTLS(t, "mode: 'off'"))
	if len(faults) > 0 || doc.Sensitive {
		t.Errorf("sensitive: %v, faults: %v\n%s", doc.Sensitive, faults, doc.Bytes)
	}
}

func TestTLSByCertificates(t *testing.T) {
	c := oldest(t)
	for tls, want := range map[string]struct{ has, lacks string }{
		"mode: verify-full, ca: {file: my-ca.pem}": {has: "ZENML_STORE_SSL_CA: |", lacks: "SSL_CERT"},
		"mode: verify-ca, ca: {file: my-ca.pem}":   {has: "verified against the CA", lacks: "SSL_KEY"},
		"mode: require, cert: {file: c-ca.pem}, key: {file: key.pem}": {
			has: "ZENML_STORE_SSL_KEY:", lacks: "SSL_CA"},
	} {
		a := oldestWithTLS(t, tls)
		doc, faults := rendertest.DrawOn(t, c, a)
		if len(faults) > 0 {
			t.Errorf("%s: not proved: %v", tls, faults)
		}
		if !bytes.Contains(doc.Bytes, []byte(want.has)) || bytes.Contains(doc.Bytes, []byte(want.lacks)) {
			t.Errorf("%s: want %s and not %s in\n%s", tls, want.has, want.lacks, doc.Bytes)
		}
		imported := importer.Import(doc.Map, c.Info).Answers.Database.MySQL
		if imported.TLS.Mode != a.Database.MySQL.TLS.Mode || imported.User != "ze@n:ml" ||
			imported.Password.Value.Reveal() != "p@s:s/w%rd #+é" {
			t.Errorf("%s: imported mode %s, user %s", tls, imported.TLS.Mode, imported.User)
		}
	}
}

// TestTLSByCertificates_none wants TLS without a certificate to be refused: these servers would not encrypt.
func TestTLSByCertificates_none(t *testing.T) {
	a := oldestWithTLS(t, "mode: require")
	c := oldest(t)
	_, err := values.Build(a, c.Info, rendertest.Settings(a))
	if err == nil || !strings.Contains(err.Error(), "uses TLS only with a certificate") ||
		!strings.Contains(err.Error(), "set database.mysql.tls.mode to verify-ca") ||
		!strings.Contains(err.Error(), "a chart that is 0.74.0 or newer") {
		t.Errorf("got %v", err)
	}
}

// TestStoreSSL covers images with a newer server than the chart's own. They use
// TLS only if ZENML_STORE_SSL is set, which the chart's own server refuses.
func TestStoreSSL(t *testing.T) {
	for name, test := range map[string]struct {
		tls, tag, environment string
		set, warns            bool
	}{
		"its own server":                {tls: "mode: verify-ca, ca: {file: my-ca.pem}"},
		"a server of the same kind":     {tls: "mode: verify-ca, ca: {file: my-ca.pem}", tag: "0.73.0"},
		"a newer server":                {tls: "mode: verify-ca, ca: {file: my-ca.pem}", tag: "0.98.0", set: true},
		"a newer server, unverified":    {tls: "mode: require", tag: "0.74.0", set: true},
		"a newer server without TLS":    {tls: "mode: 'off'", tag: "0.98.0"},
		"an unknown server":             {tls: "mode: verify-ca, ca: {file: my-ca.pem}", tag: "nightly", warns: true},
		"an unknown server, set by env": {tls: "mode: require", tag: "nightly", environment: "true", set: true},
	} {
		t.Run(name, func(t *testing.T) {
			a := oldestWithTLS(t, test.tls)
			a.Server.Image.Tag = test.tag
			if test.environment != "" {
				a.Server.Environment = map[string]string{"ZENML_STORE_SSL": test.environment}
			}
			c := oldest(t)
			doc, faults := rendertest.DrawOn(t, c, a)
			if test.warns != (len(faults) == 1 && faults[0].Warning && faults[0].Key == "server.image.tag") {
				t.Errorf("faults: %v", faults)
			}
			if set := bytes.Contains(doc.Bytes, []byte("ZENML_STORE_SSL:")); set != test.set {
				t.Errorf("ZENML_STORE_SSL is set: %v, want %v\n%s", set, test.set, doc.Bytes)
			}
			imported := importer.Import(doc.Map, c.Info).Answers.Complete().Database.MySQL.TLS.Mode
			if want := a.Database.MySQL.TLS.Mode; imported != want {
				t.Errorf("imported mode %s, want %s", imported, want)
			}
		})
	}
}
