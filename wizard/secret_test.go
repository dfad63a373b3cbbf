package wizard

import (
	"errors"
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/secret"
)

func (p *person) password() answers.Source {
	return p.m.outcomeWithAnswers().Answers.Database.MySQL.Password
}

func TestASecretThatIsComeBackToIsKeptOrReplacedAndNeverAppendedTo(t *testing.T) {
	p := newPerson(t).throughCluster().throughMySQL()
	p.press("shift+tab").sees("› keep: typed").press("enter").to("database.mysql.tls.mode")
	if got := p.password().Value.Reveal(); got != canary {
		t.Errorf("an empty line kept %q", got)
	}
	p.press("shift+tab", "wrong", "enter").to("database.mysql.tls.mode")
	if got := p.password().Value.Reveal(); got != "wrong" {
		t.Errorf("what was typed became %q", got)
	}
	p.press("shift+tab", "file:/run/x").sees("› file:/run/x").press("enter").settles().to("database.mysql.tls.mode").sees("✓ Password file /run/x")
	p.press("shift+tab").sees("› keep: file /run/x").press("typed", "ctrl+u").sees("keep: file /run/x").press("enter").settles()
	if got := p.password().File; got != "/run/x" {
		t.Errorf("an emptied line kept %q", got)
	}
	p.noCanary()
}

func TestAnEncryptionKeyIsJudgedWhereItIsTyped(t *testing.T) {
	p := newPerson(t).throughCluster().to("secretsStore.sql.encryptionKey").press("enter")
	key := func() answers.Source { return p.m.outcomeWithAnswers().Answers.SecretsStore.SQL.EncryptionKey }
	p.press("shift+tab").sees("› keep: a random one").press("0123", "enter").sees("as 64 hexadecimal digits")
	p.press("ctrl+u", "enter", "shift+tab").sees("keep: a random one")
	if !key().Generate {
		t.Fatalf("an empty line did not keep the random key: %s", key().Describe())
	}
	p.press(strings.Repeat("0a", 32), "enter")
	if got := key().Value.Reveal(); got != strings.Repeat("0a", 32) {
		t.Errorf("the key became %d characters", len(got))
	}
	p.press("shift+tab").sees("keep: typed").press("generate", "enter")
	if !key().Generate {
		t.Errorf("no random key in place of the typed one: %s", key().Describe())
	}
}

// An older key may have any form: it must stay as it is.
func TestAKeyThatTheInstallBeganWithStays(t *testing.T) {
	p := newPerson(t, func(o *Options) {
		o.Start.SetSource("secretsStore.sql.encryptionKey", answers.Source{Value: secret.New("an old key")})
	})
	p.throughCluster().to("secretsStore.sql.encryptionKey").sees("keep: typed").press("enter").to("expose.type")
}

func TestAnAdminPasswordIsTypedTwice(t *testing.T) {
	p := newPerson(t).throughCluster().to("admin.activate").press("down", "enter").to("admin.password")
	password := func() string { return p.m.outcomeWithAnswers().Answers.Admin.Password.Value.Reveal() }
	p.press("weak", "enter").sees("would refuse this password")
	p.press("ctrl+u", canary, "enter").sees("Admin password, once more")
	if p.press("ctrl+c").leaves(); password() != "" {
		t.Error("a password counts that was typed once")
	}
	p.gone, p.m.quitting = false, false
	p.press("C4nary!Pasd", "enter").sees("the two are not the same")
	p.press(canary, "enter", "enter").sees("type it once more, to be sure")
	p.press("esc").sees("│ Admin password │ 8").press(canary, "enter", canary, "enter")
	if password() != canary || p.m.at == "Access" && p.form().current().Key == "admin.password" {
		t.Errorf("it was not taken\n%s", p.m.View())
	}
	p.noCanary()
}

func TestASourceThatCannotBeReadIsSaidAtTheQuestion(t *testing.T) {
	p := newPerson(t)
	p.stage.unreadable = map[string]error{
		"file /nope":                  errors.New("file /nope cannot be read: no such file or directory"),
		"environment variable NOSUCH": errors.New("environment variable NOSUCH is not set: export it, or name another source"),
	}
	p.throughCluster().throughMySQL()
	p.press("shift+tab", "file:/nope", "enter").sees("file /nope cannot be read: no such file or directory")
	p.press("ctrl+u", "env:NOSUCH", "enter").sees("NOSUCH is not set")
	p.press("ctrl+u", "env:THERE", "enter").settles().to("database.mysql.tls.mode")
}

func TestWhatIsTypedWhileASourceIsReadIsNotLost(t *testing.T) {
	p := newPerson(t).throughCluster().throughMySQL()
	p.stage.slow = make(chan struct{})
	p.press("shift+tab", "shift+tab", "enter", "file:/run/x", "enter").sees("Looking whether it can be read")
	p.press("down", "enter", "ctrl+u") // requires TLS, and goes on to the next step
	close(p.stage.slow)
	p.until("the step after the database", func() bool { return p.m.at == "Secrets" })
	if mode := p.m.outcomeWithAnswers().Answers.Database.MySQL.TLS.Mode; mode != answers.TLSRequire || p.password().File != "/run/x" {
		t.Errorf("%s, %s", mode, p.password().Describe())
	}
}

func TestALookThatDoesNotEndCanBeLeft(t *testing.T) {
	p := newPerson(t).throughCluster().throughMySQL()
	p.stage.slow = make(chan struct{})
	defer close(p.stage.slow)
	p.press("shift+tab", "file:/dead", "enter").sees("Looking whether").press("esc")
	if f := p.form(); f.current().Key != "database.mysql.user" {
		t.Errorf("esc led to %s", f.current().Key)
	}
}
