package wizard

import (
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/internal/answers"
)

func TestSuggestion(t *testing.T) {
	p := newPerson(t).throughCluster()
	p.press("up", "enter").to("database.mysql.host").toReview()
	db := p.m.outcomeWithAnswers().Answers.Database
	if db.Type != answers.MySQLDatabase || db.MySQL.Host != "10.0.0.2" || db.MySQL.Port != 33306 ||
		db.MySQL.Password.File != "/run/sandbox/mysql-password" {
		t.Errorf("%+v", db)
	}
}

func TestAnswersSurviveGoingBack(t *testing.T) {
	p := newPerson(t).throughCluster().throughMySQL()
	for p.form().current().Key != "database.type" || p.m.at != "Database" {
		p.press("shift+tab")
	}
	p.press("up", "enter").to("database.sqlite.persistent")
	if db := p.m.outcomeWithAnswers().Answers.Database; db.MySQL != (answers.MySQL{}) {
		t.Errorf("answers that do not apply are kept: %+v", db.MySQL)
	}
	p.press("esc").press("down", "enter").to("database.mysql.user").sees("db.example.com")
	if got := p.form().text; got != "zen" {
		t.Errorf("the user is %q after going back", got)
	}
	if db := p.m.outcomeWithAnswers().Answers.Database.MySQL; db.Password.Value.Reveal() != canary || db.Port != 3307 {
		t.Errorf("%+v", db)
	}
}

func TestFaultIsShownAtItsQuestion(t *testing.T) {
	p := newPerson(t).throughCluster().press("down", "enter").to("database.mysql.host")
	p.press("enter").sees("an answer is required; for example db.example.com")
	p.press("localhost", "enter").sees("is the pod itself, not your machine")
	p.press("ctrl+u", "db", "enter").to("database.mysql.port").press("zehn", "enter").sees("is not a whole number")
}

func TestListHelpOmitsEmptyAnswer(t *testing.T) {
	p := newPerson(t).sees("https://127.0.0.1:16443")
	if strings.Contains(p.screen(), "If empty") {
		t.Errorf("a list explains the empty answer\n%s", p.m.View())
	}
}

func TestRemedyUsesTitles(t *testing.T) {
	p := newPerson(t).throughCluster().press("down", "enter").to("database.mysql.host").press("db.example.com:3306",
		"enter")
	p.sees("(db.example.com), and set", "“Port”")
}

func TestHelp(t *testing.T) {
	p := newPerson(t).throughCluster().press("?").sees("its data is lost when the pod restarts",
		"Answers key: database.type").press("x")
	p.press("down", "enter", "db",
		"enter").to("database.mysql.user").press("zen").to("database.mysql.password").press("a?b")
	if p.m.help != nil || p.form().text != "a?b" {
		t.Errorf("the question mark opened the help: %q", p.form().text)
	}
	p.press("f1").sees("env:NAME for an environment variable")
}

// TestKeptKey shows which key an empty answer keeps.
func TestKeptKey(t *testing.T) {
	const key = "secretsStore.sql.encryptionKey"
	p := newPerson(t, func(o *Options) {
		o.Engine.(*stage).keys = map[string]string{key: "zenml-server-secrets-store"}
	})
	p.throughCluster().to(key).sees("leave empty to keep the key in Secret zenml-server-secrets-store")
}

// TestPastedWebAddress uses the host name of a pasted web address, and says so at the
// next question.
func TestPastedWebAddress(t *testing.T) {
	p := newPerson(t).throughCluster()
	p.press("down", "enter").to("database.mysql.host").press("https://db.example.com/", "enter").
		sees("Only the host name of https://db.example.com/ is used: db.example.com.", "Port")
	p.press("enter")
	if strings.Contains(p.screen(), "Only the host name") {
		t.Errorf("the note stays:\n%s", p.screen())
	}
}
