package wizard

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/secret"
)

func (p *person) password() answers.Source {
	return p.m.outcomeWithAnswers().Answers.Database.MySQL.Password
}

func TestSecretIsKeptOrReplaced(t *testing.T) {
	p := newPerson(t).throughCluster().throughMySQL()
	p.press("shift+tab").sees("› keep the one you typed").press("enter").to("database.mysql.tls.mode")
	if got := p.password().Value.Reveal(); got != canary {
		t.Errorf("an empty input kept %q", got)
	}
	p.press("shift+tab", "wrong", "enter").to("database.mysql.tls.mode")
	if got := p.password().Value.Reveal(); got != "wrong" {
		t.Errorf("the new input became %q", got)
	}
	p.press("shift+tab", "file:/run/x").
		sees("› file:/run/x").
		press("enter").
		settles().
		to("database.mysql.tls.mode").
		sees("✓ Password file /run/x")
	p.press("shift+tab").sees("› keep file /run/x").press("typed",
		"ctrl+u").sees("keep file /run/x").press("enter").settles()
	if got := p.password().File; got != "/run/x" {
		t.Errorf("a cleared input kept %q", got)
	}
	p.noCanary()
}

func TestEncryptionKeyIsChecked(t *testing.T) {
	p := newPerson(t).throughCluster().to("secretsStore.sql.encryptionKey").press("enter")
	key := func() answers.Source { return p.m.outcomeWithAnswers().Answers.SecretsStore.SQL.EncryptionKey }
	p.press("shift+tab").sees("› keep the generated one").press("0123", "enter").sees("as 64 hexadecimal digits")
	p.press("ctrl+u", "enter", "shift+tab").sees("keep the generated one")
	if !key().Generate {
		t.Fatalf("an empty input did not keep the generated key: %s", key().Describe())
	}
	p.press(strings.Repeat("0a", 32), "enter")
	if got := key().Value.Reveal(); got != strings.Repeat("0a", 32) {
		t.Errorf("the key became %d characters", len(got))
	}
	p.press("shift+tab").sees("keep the one you typed").press("generate", "enter")
	if !key().Generate {
		t.Errorf("the typed key was not replaced by a generated one: %s", key().Describe())
	}
}

// Old keys may have any format and must stay valid.
func TestExistingEncryptionKeyIsKept(t *testing.T) {
	p := newPerson(t, func(o *Options) {
		o.Start.SetSource("secretsStore.sql.encryptionKey", answers.Source{Value: secret.New("an old key")})
	})
	p.throughCluster().
		to("secretsStore.sql.encryptionKey").
		sees("keep the one you typed").
		press("enter").
		to("expose.type")
}

func TestAdminPasswordIsConfirmed(t *testing.T) {
	p := newPerson(t).throughCluster().to("admin.activate").press("down", "enter").to("admin.password")
	password := func() string { return p.m.outcomeWithAnswers().Answers.Admin.Password.Value.Reveal() }
	p.press("weak", "enter").sees("is too weak for the dashboard")
	p.press("ctrl+u", canary, "enter").sees("Admin password (again)")
	if p.press("ctrl+c").leaves(); password() != "" {
		t.Error("an unconfirmed password was stored")
	}
	p.gone, p.m.quitting = false, false
	p.press("C4nary!Pasd", "enter").sees("the entries don't match")
	p.press(canary, "enter", "enter").sees("type it again to confirm")
	p.press("esc").sees("│ Admin password │ At least 8").press(canary, "enter", canary, "enter")
	if password() != canary || p.m.at == "Access" && p.form().current().Key == "admin.password" {
		t.Errorf("the password was not stored\n%s", p.m.View())
	}
	p.noCanary()
}

func TestUnreadableSource(t *testing.T) {
	p := newPerson(t)
	p.stage.unreadable = map[string]error{
		"file /nope": errors.New("file /nope cannot be read: no such file or directory"),
		"environment variable NOSUCH": errors.New("environment variable NOSUCH is not set: export it, or use " +
			"another source"),
	}
	p.throughCluster().throughMySQL()
	p.press("shift+tab", "file:/nope", "enter").sees("file /nope cannot be read: no such file or directory")
	p.press("ctrl+u", "env:NOSUCH", "enter").sees("NOSUCH is not set")
	p.press("ctrl+u", "env:THERE", "enter").settles().to("database.mysql.tls.mode")
}

func TestKeysDuringSourceCheckAreKept(t *testing.T) {
	p := newPerson(t).throughCluster().throughMySQL()
	p.stage.slow = make(chan struct{})
	p.press("shift+tab", "shift+tab", "enter", "file:/run/x", "enter").sees("Checking that it can be read")
	p.press("enter", "enter", "ctrl+u") // requires TLS, and goes on to the next step
	close(p.stage.slow)
	p.until("the step after the database", func() bool { return p.m.at == "Secrets" })
	if mode := p.m.outcomeWithAnswers().Answers.Database.MySQL.TLS.Mode; mode != answers.TLSRequire ||
		p.password().File != "/run/x" {
		t.Errorf("%s, %s", mode, p.password().Describe())
	}
}

func TestHangingSourceCheckCanBeLeft(t *testing.T) {
	p := newPerson(t).throughCluster().throughMySQL()
	p.stage.slow = make(chan struct{})
	defer close(p.stage.slow)
	p.press("shift+tab", "file:/dead", "enter").sees("Checking that").press("esc")
	if f := p.form(); f.current().Key != "database.mysql.user" {
		t.Errorf("esc led to %s", f.current().Key)
	}
}

// A typed secret is shown for a moment on request, and only while its question is open.
func TestSecretIsShownForAMoment(t *testing.T) {
	p := newPerson(t).throughCluster().press("down", "enter").to("database.mysql.host").press("db")
	p.to("database.mysql.user").press("zen").to("database.mysql.password").press("S3cret")
	if strings.Contains(p.screen(), "S3cret") {
		t.Fatal("the secret is shown without a request")
	}
	p.press("ctrl+r").sees("S3cret")
	p.handle(concealMsg{"another"})
	p.sees("S3cret").handle(concealMsg{"database.mysql.password"})
	if strings.Contains(p.screen(), "S3cret") {
		t.Error("the secret stays visible")
	}
	p.press("ctrl+r", "enter", "shift+tab")
	if strings.Contains(p.screen(), "S3cret") {
		t.Error("the secret is visible when its question is opened again")
	}
}

// TestPastedCertificateIsDescribed shows whom a pasted certificate is for, and not its text.
func TestPastedCertificateIsDescribed(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Acme Root CA"},
		NotAfter: time.Date(2031, 3, 9, 12, 0, 0, 0, time.UTC)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	pasted := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	p := newPerson(t).throughCluster().throughMySQL()
	p.m.responses.Type("database.mysql.tls.mode", answers.TLSVerifyCA)
	p.run(p.m.enter("Database", "database.mysql.tls.ca"))
	p.handle(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(pasted), Paste: true})
	p.sees("Pasted: Acme Root CA, valid until 9 March 2031.").press("enter").settles()
	p.sees("pasted: Acme Root CA, valid until 9 March 2031").press("shift+tab")
	p.sees("keep the one you pasted: Acme Root CA")
	line := strings.Split(pasted, "\n")[1]
	for _, view := range p.views {
		if strings.Contains(view, line[:20]) {
			t.Fatalf("the certificate is shown\n%s", view)
		}
	}
}
