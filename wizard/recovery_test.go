package wizard

import (
	"errors"
	"fmt"
	"testing"

	"github.com/zenml-installer/zenml-installer/install"
	"github.com/zenml-installer/zenml-installer/install/diagnose"
	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// TestFailedInstallOffersRecovery saves evidence and rolls back after a failed upgrade.
func TestFailedInstallOffersRecovery(t *testing.T) {
	p := newPerson(t)
	p.stage.upgraded = true
	p.throughCluster().toReview().sees("in 1.2s").press("enter").sees("Running upgrade")
	p.stage.finish <- errors.New("the image is not in the registry")
	p.sees("The install failed", "Try again (t)", "Change answers (a)", "Save evidence (s)", "Roll back (b)").
		press("s").sees("evidence done").
		press("b").sees("Roll back to revision 3?", "migrated the database").press("n").sees("Save evidence").
		press("b").press("y").sees("rollback done", "Review again (r)").press("q").leaves()
	if got := p.m.outcomeWithAnswers(); got.Ending != Failed || got.Recovered != RollBack {
		t.Errorf("%+v", got)
	}
}

func TestRecoveries(t *testing.T) {
	created := &install.Release{Status: "failed", Revision: 1}
	inUse := &install.Release{Status: "deployed", Revision: 3}
	for name, test := range map[string]struct {
		outcome install.Outcome
		want    Recovery // besides the evidence
	}{
		"nothing created": {install.Outcome{}, ""},
		"first install":   {install.Outcome{Release: created}, Remove},
		"second attempt": {install.Outcome{Release: &install.Release{Status: "failed", Revision: 2},
			Before: created}, Remove},
		"upgrade": {install.Outcome{Release: &install.Release{Status: "failed", Revision: 4}, Before: inUse},
			RollBack},
		"not begun": {install.Outcome{Release: inUse, Before: inUse}, ""},
	} {
		got := Failure{Install: test.outcome}.Recoveries()
		if test.want == "" && len(got) != 1 || test.want != "" && (len(got) != 2 || got[1] != test.want) {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestServerOfAnotherAccount offers to use the account that activated the server, or
// another database, instead of a second attempt that fails alike.
func TestServerOfAnotherAccount(t *testing.T) {
	claimed := func() *person {
		p := newPerson(t, func(o *Options) {
			o.Start.Admin = answers.Admin{Activate: answers.ActivateAuto, Password: answers.Source{Env: "PASSWORD"}}
		})
		atInstall(p).stage.finish <- nil
		p.sees("Activating the server").stage.activate <- fmt.Errorf("%w: 401", ErrOtherAdmin)
		return p.sees("already activated", "zenml user deactivate", "Use that account", "Use another database")
	}
	p := claimed()
	p.press("a")
	p.stage.activate <- nil
	p.sees("The server is activated. Log in with an existing account.")
	if got := p.stage.activated; len(got) != 2 || got[1] != answers.ActivateBrowser {
		t.Errorf("activated as %v", got)
	}
	p = claimed()
	p.press("d").sees("Database name").press("2", "enter").sees("in 1.2s", "› Install into").press("enter").
		sees("custom-values.yaml already exists").press("o")
	p.stage.finish <- nil
	p.sees("Server ready at").stage.activate <- nil
	p.sees("The server is activated. Log in as")
}

// TestChangeAnswersAfterAFailure leads to the question that the remedy names, and from
// there to the review; without one to the first question after the cluster's.
func TestChangeAnswersAfterAFailure(t *testing.T) {
	p := newPerson(t)
	atInstall(p).stage.finish <- &diagnose.Fault{Summary: "the database refuses the login",
		Remedy: "correct database.mysql.password"}
	p.sees("Change answers").press("a").sees("the database refuses the login", "Password")
	if got := p.form().current().Key; got != "database.mysql.password" {
		t.Fatalf("led to %s", got)
	}
	p.press("another", "enter").sees("in 1.2s")

	p = newPerson(t)
	atInstall(p).stage.finish <- errors.New("no idea")
	p.sees("Change answers").press("a")
	if got := p.form().current().Key; got != "database.type" {
		t.Errorf("led to %s", got)
	}
}
