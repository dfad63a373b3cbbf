package wizard

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/wizard/question"
)

func namesOf(n int) []answers.Option {
	var options []answers.Option
	for i := range n {
		options = append(options, answers.Option{Value: fmt.Sprintf("team-%02d", i), Title: fmt.Sprintf("team-%02d", i)})
	}
	return options
}

// withFound returns a person whose cluster has names to choose from.
func withFound(t *testing.T, found map[string][]answers.Option) *person {
	return newPerson(t, func(o *Options) { o.Engine.(*stage).found = found })
}

func TestNamesOfClusterArePicked(t *testing.T) {
	p := withFound(t, map[string][]answers.Option{
		"cluster.namespace":            namesOf(20),
		"database.sqlite.storageClass": {{Title: "The cluster's default class"}, {Value: "fast", Title: "fast"}},
	})
	p.sees("https://127.0.0.1:16443").to("cluster.namespace").sees("20 choices. Type to search.")
	p.press("1", "7").sees("/ 17", "› team-17").press("enter")
	p.to(guardKey).sees("Yes, install into sandbox").press("down", "enter").to("database.type")
	p.press("enter").to("database.sqlite.persistent").press("up", "enter")
	p.to("database.sqlite.storageClass").sees("› The cluster's default class").press("down", "enter")
	a := p.m.responses.Answers()
	if a.Cluster.Namespace != "team-17" || a.Database.SQLite.StorageClass != "fast" {
		t.Errorf("%+v %+v", a.Cluster, a.Database.SQLite)
	}
}

func TestAnotherNameCanBeTyped(t *testing.T) {
	p := withFound(t, map[string][]answers.Option{"cluster.namespace": namesOf(3)})
	p.sees("https://127.0.0.1:16443").to("cluster.namespace").sees("team-02").press("end", "enter", "mine", "esc").sees("team-01") // back in the list
	if got := p.m.responses.Answers().Cluster.Namespace; got == "mine" {
		t.Error("an answer that was given up was stored")
	}
	p.press("end", "enter", "Not Valid", "enter").sees("is not a valid name")
	p.press("ctrl+u", "mine", "enter", "shift+tab").sees("› mine")
	if got := p.m.responses.Answers().Cluster.Namespace; got != "mine" {
		t.Errorf("got %q", got)
	}
}

// A pasted URL answers its parts once; later they are asked as usual.
func TestPastedURLAnswersItsPartsOnce(t *testing.T) {
	p := newPerson(t).throughCluster().press("down", "enter").to("database.mysql.host")
	url := "mysql://zen:" + canary + "@db.example.com:3307/zenml"
	p.handle(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(url), Paste: true})
	p.sees("db.example.com", "Taken from the URL").press("enter")
	if key := p.form().current().Key; key != "database.mysql.tls.mode" {
		t.Fatalf("%s is asked after the URL", key)
	}
	p.noCanary()
	p.run(p.m.enter("Database", "database.mysql.user"))
	if key := p.press("enter").form().current().Key; key != "database.mysql.password" {
		t.Errorf("%s is asked after the user", key)
	}
}

func TestTypedURLShowsUnusedParameters(t *testing.T) {
	p := newPerson(t).throughCluster().press("down", "enter").to("database.mysql.host")
	p.sees("Or paste a URL")
	p.press("mysql://zen:pw@db.example.com:3307/zenml?ssl-mode=VERIFY_CA&ssl-ca=/ca.pem&charset=utf8", "enter")
	p.sees("The parameter charset of the URL is not used.")
	p.press("enter")
	if key := p.form().current().Key; key != "database.mysql.tls.ca" {
		t.Errorf("%s is asked after the URL", key)
	}
	p.sees("file:/ca.pem")
	if mode := p.m.responses.Complete().Database.MySQL.TLS.Mode; mode != "verify-ca" {
		t.Errorf("the mode is %s", mode)
	}
}

// TestDatabasesOfTheServer lists the databases that the login can see once TLS is
// answered, and logs in only then.
func TestDatabasesOfTheServer(t *testing.T) {
	p := newPerson(t)
	p.stage.offered = map[string][]answers.Option{question.DatabaseNameKey: {
		{Value: "zenml", Title: "zenml"}, {Value: "other", Title: "other", Help: "Exists."}}}
	p.throughCluster().throughMySQL().sees("Suggested, because")
	if slices.Contains(p.stage.searches, true) {
		t.Errorf("logged in before TLS was answered: %v", p.stage.searches)
	}
	p.press("enter").sees("Database name", "› zenml", "other", "Type another one").press("down", "enter")
	if got := p.m.responses.Answers().Database.MySQL; got.Name != "other" || got.TLS.Mode != answers.TLSRequire {
		t.Errorf("%+v", got)
	}
}

// TestDatabasesArriveLate leaves a name alone that is being typed.
func TestDatabasesArriveLate(t *testing.T) {
	p := newPerson(t)
	p.throughCluster().throughMySQL().press("enter").sees("Database name").press("2")
	offered := databaseMsg{question.DatabaseNameKey: {{Value: "zenml", Title: "zenml"}}}
	p.run(p.form().databaseFound(offered))
	p.sees("› 2")
}

// TestListArrivesAfterAKey leaves the cursor where the user has moved it, also back to
// where it was.
func TestListArrivesAfterAKey(t *testing.T) {
	p := newPerson(t)
	p.throughCluster().throughMySQL().sees("│ TLS", "› require").press("down", "up")
	before := p.form().text
	p.run(p.form().databaseFound(databaseMsg{"database.mysql.tls.mode": {{Value: answers.TLSOff}}}))
	if got := p.form().text; got != before {
		t.Errorf("the cursor jumped from %s to %s", before, got)
	}
	p.press("shift+tab", "enter")
	p.run(p.form().databaseFound(databaseMsg{"database.mysql.tls.mode": {{Value: answers.TLSOff}}}))
	if got := p.form().text; got != answers.TLSOff {
		t.Errorf("the cursor of an untouched list is on %s", got)
	}
}

// TestLaterQuestionsShowSuggestions shows what Enter will take, and not the default.
func TestLaterQuestionsShowSuggestions(t *testing.T) {
	p := newPerson(t, func(o *Options) {
		o.Engine.(*stage).found = map[string][]answers.Option{
			volumeKey: {{Value: "true", Title: "Yes"}, {Value: "false", Title: "No"}}}
	})
	p.throughCluster().press("enter").sees("Keep the database on a volume", "› Yes").press("shift+tab")
	p.sees("Keep the database on a volume Yes (suggested)")
	p.press("down", "enter").to("database.mysql.host").press("db.example.com").sees("TLS require (suggested)")
}

// TestShortListIsSearched filters a list of a few choices as a long one; the help stays
// reachable.
func TestShortListIsSearched(t *testing.T) {
	p := newPerson(t).throughCluster().sees("› SQLite")
	p.press("m", "y", "s").sees("/ mys", "› MySQL")
	if strings.Contains(p.screen(), "SQLite") {
		t.Errorf("the filter leaves SQLite\n%s", p.screen())
	}
	p.press("?").sees("Answers key: database.type").press("esc", "esc").sees("SQLite", "MySQL")
}

// TestUnknownNameIsTyped types a name that a list of names does not have.
func TestUnknownNameIsTyped(t *testing.T) {
	p := newPerson(t).sees("https://127.0.0.1:16443")
	p.m.responses.SetFound(map[string][]answers.Option{"cluster.namespace": {{Value: "team-a", Title: "team-a"}}})
	p.to("cluster.namespace").press("t", "e", "a").sees("› team-a").press("x").sees("› teax").press("y", "enter")
	if got := p.m.responses.Typed("cluster.namespace"); got != "teaxy" {
		t.Errorf("the namespace is %q\n%s", got, p.screen())
	}
}
