package question

import (
	"slices"
	"testing"

	"github.com/zenml-installer/zenml-installer/checks"
	"github.com/zenml-installer/zenml-installer/internal/answers"
)

func TestKeysAreSaidAsTitles(t *testing.T) {
	for text, want := range map[string]string{
		"the port in database.mysql.port":           "the port in “Port”",
		"correct database.mysql.user.":              "correct “User”.",
		"the path in expose.path":                   "the path in expose.path (in an answers file)",
		"db.example.com is not database.connect":    "db.example.com is not database.connect",
		"expose.tls: {mode: off} or expose.host: {": "expose.tls: {mode: off} or expose.host: {",
		"--answer database.mysql.host=db":           "--answer database.mysql.host=db",
	} {
		if got := InTitles(text); got != want {
			t.Errorf("%q became %q", text, got)
		}
	}
}

// Every check that a question can mend names one, and only questions that
// are asked.
func TestBlamedNamesChecksAndQuestions(t *testing.T) {
	for id, keys := range blamed {
		if _, ok := checks.ByID(id); !ok {
			t.Errorf("there is no check %s", id)
		}
		for _, key := range keys {
			if f, ok := answers.FieldByKey(key); !ok || f.FileOnly || !typeable(f) {
				t.Errorf("%s: %s is not asked", id, key)
			}
		}
	}
	elsewhere := []string{"cluster.clock", "cluster.nodes", "cluster.capacity", "cluster.dns"} // no answer mends these
	for _, c := range checks.Table {
		if groupSteps[c.Group()] != "" && blamed[c.ID] == nil && !slices.Contains(elsewhere, c.ID) {
			t.Errorf("%s names no question", c.ID)
		}
	}
}

func TestAFailedCheckNamesTheQuestionThatIsAsked(t *testing.T) {
	s := mysqlSheet()
	for id, want := range map[string]string{"database.resolve": "database.mysql.host", "database.login": key, "database.tls": "database.mysql.tls.mode", "cluster.nodes": "cluster.context"} {
		if got, ok := s.Blamed(id); !ok || got != want {
			t.Errorf("%s leads to %q", id, got)
		}
	}
	if got, ok := s.Blamed("supply.chart"); ok {
		t.Errorf("supply.chart leads to %s", got)
	}
	s.Type("expose.type", answers.ByGateway)
	if got, _ := s.Blamed("expose.class"); got != "expose.gateway.name" {
		t.Errorf("expose.class leads to %s", got)
	}
}
