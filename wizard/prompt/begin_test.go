package prompt

import (
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/wizard"
)

const (
	rightCluster = "Nothing has been written yet. Install into sandbox"
	howToBegin   = "How to begin"
)

// asked returns how often a prompt with this start was asked.
func (c *conversation) count(start string) int {
	n := 0
	for _, prompt := range c.asked {
		if strings.HasPrefix(prompt, start) {
			n++
		}
	}
	return n
}

func TestTryItOut(t *testing.T) {
	e := newEngine()
	e.found = map[string][]answers.Option{"database.sqlite.persistent": {{Value: "true", Title: "Yes"}, {Value: "false"}}}
	outcome, c, err := converse(t, e, script{howToBegin: {"nonsense", "1"}, rightCluster: {"yes"}})
	if err != nil || outcome.Ending != wizard.Installed {
		t.Fatalf("%v %+v\n%s", err, outcome, c.said.String())
	}
	got := e.installed
	if got.Database.Type != answers.SQLiteDatabase || !got.Database.SQLite.IsPersistent() ||
		!got.SecretsStore.SQL.EncryptionKey.Generate {
		t.Errorf("%+v %+v", got.Database, got.SecretsStore)
	}
	if c.count("Database") > 0 || c.count("Expose") > 0 {
		t.Errorf("it asks for more than the cluster: %q", c.asked)
	}
	for _, text := range []string{`That is not one of the choices`, "1) Try it out: SQLite",
		"because the cluster has a default StorageClass"} {
		if !strings.Contains(c.said.String(), text) {
			t.Errorf("missing %q in\n%s", text, c.said.String())
		}
	}
}

func TestProduction(t *testing.T) {
	with := mysql()
	with[howToBegin] = []string{"production"}
	delete(with, "Database [") // MySQL is the default
	with["Host name"] = []string{"zenml.example.com"}
	outcome, c, err := converse(t, newEngine(), with)
	if err != nil || outcome.Answers.Database.Type != answers.MySQLDatabase ||
		outcome.Answers.Expose.Type != answers.ByIngress {
		t.Errorf("%v %+v\n%s", err, outcome.Answers, c.said.String())
	}
}

func TestGoalIsTheDefault(t *testing.T) {
	with := mysql()
	with[howToBegin], with["What next"] = []string{"w"}, []string{"", "quit"}
	outcome, c, err := converse(t, newEngine(), with)
	if err != nil || outcome.Ending != wizard.Wrote {
		t.Errorf("write only: %v %s\n%s", err, outcome.Ending, c.said.String())
	}
	with = mysql()
	with[howToBegin] = []string{"4"}
	outcome, c, err = converse(t, newEngine(), with)
	if err != nil || outcome.Ending != wizard.Left || !strings.Contains(c.said.String(), "Checks:") {
		t.Errorf("check only: %v %s\n%s", err, outcome.Ending, c.said.String())
	}
}

func TestOpenAnswersFile(t *testing.T) {
	e := newEngine()
	lacking := answers.Answers{Version: answers.Version, Database: answers.Database{Type: answers.MySQLDatabase,
		MySQL: answers.MySQL{Host: "db.example.com", User: "zen"}}}
	e.opened = map[string]answers.Answers{"answers.yaml": lacking}
	_, c, err := converse(t, e, script{howToBegin: {"o", "o"}, rightCluster: {"yes"},
		"Answers file": {"none.yaml", "", "answers.yaml"}, "Password": {canary}})
	if err != nil || e.installed.Database.MySQL.Host != "db.example.com" {
		t.Errorf("%v %+v\n%s", err, e.installed.Database, c.said.String())
	}
	if c.count("Password") == 0 || c.count("Host") > 0 || c.count("User") > 0 {
		t.Errorf("it asks for other things than what the file lacks: %q", c.asked)
	}
	if !strings.Contains(c.said.String(), "none.yaml: no such file") {
		t.Errorf("the missing file is not named:\n%s", c.said.String())
	}
}

// TestFix chooses the change that resolves a failed check.
func TestFix(t *testing.T) {
	e := newEngine()
	e.failing, e.fix = true, check.Fix{Title: "Run three replicas", Answers: map[string]string{"server.replicas": "3"}}
	with := mysql()
	with["What next"] = []string{"6", "1"}
	outcome, c, err := converse(t, e, with)
	if err != nil || outcome.Ending != wizard.Installed || e.installed.Server.Replicas != 3 {
		t.Errorf("%v %s %d\n%s", err, outcome.Ending, e.installed.Server.Replicas, c.said.String())
	}
	if !strings.Contains(c.said.String(), "6) Run three replicas (cluster.reachable)") {
		t.Errorf("it is not offered:\n%s", c.said.String())
	}
}
