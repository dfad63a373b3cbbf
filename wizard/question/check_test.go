package question

import (
	"slices"
	"testing"

	"github.com/zenml-installer/zenml-installer/checks"
	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// TestCheckAnswers checks that the answers that checks name exist, and that each
// check of a group with questions names some.
func TestCheckAnswers(t *testing.T) {
	noAnswer := []string{"cluster.clock", "cluster.nodes", "cluster.capacity", "cluster.dns"} // no answer fixes these
	for _, c := range checks.Table {
		for _, key := range c.Answers {
			if _, ok := answers.FieldByKey(key); !ok {
				t.Errorf("%s: unknown answers key %s", c.ID, key)
			}
		}
		if groupSteps[c.Group()] != "" && c.Answers == nil && !slices.Contains(noAnswer, c.ID) {
			t.Errorf("%s names no question", c.ID)
		}
	}
}

func TestForResult(t *testing.T) {
	s := mysqlSheet()
	for id, want := range map[string]string{
		"database.resolve": "database.mysql.host", "database.login": key, "database.tls": "database.mysql.tls.mode", "cluster.nodes": "cluster.context",
	} {
		if got, ok := forCheck(t, s, id); !ok || got != want {
			t.Errorf("%s leads to %q", id, got)
		}
	}
	if got, ok := forCheck(t, s, "supply.chart"); ok {
		t.Errorf("supply.chart leads to %s", got)
	}
	s.Type("expose.type", answers.ByGateway)
	if got, _ := forCheck(t, s, "expose.class"); got != "expose.gateway.name" {
		t.Errorf("expose.class leads to %s", got)
	}
}

// The remedy of a fault leads to its own answer.
func TestForResultFollowsRemedy(t *testing.T) {
	c, _ := checks.ByID("database.connect")
	for remedy, want := range map[string]string{
		"correct database.mysql.host":                        "database.mysql.host",
		"start the database, or correct database.mysql.port": "database.mysql.port",
		"correct server.image.tag":                           "server.image.tag", // in the Advanced step
		"set secretsStore.aws.region":                        c.Answers[0],       // does not apply now
		"":                                                   c.Answers[0],
	} {
		if got, _ := mysqlSheet().ForResult(check.Result{Check: c, Remedy: remedy}); got != want {
			t.Errorf("%q leads to %q, want %q", remedy, got, want)
		}
	}
}

func forCheck(t *testing.T, s *Responses, id string) (string, bool) {
	t.Helper()
	c, ok := checks.ByID(id)
	if !ok {
		t.Fatalf("there is no check %s", id)
	}
	return s.ForResult(check.Result{Check: c})
}
