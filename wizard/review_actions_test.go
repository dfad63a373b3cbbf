package wizard

import (
	"errors"
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/wizard/narrate"
)

func TestPlanFaultLeadsToItsQuestion(t *testing.T) {
	p := newPerson(t)
	p.stage.prepareErr = answers.Faults{{Key: "database.mysql.name", Summary: "the chart takes another name"}}
	p.throughCluster().throughMySQL().toReviewWithoutPlan().sees("the chart takes another name",
		"Change the answer (e)")
	p.press("e").sees("│ ✗ Database name: the chart takes another name")
	if f := p.form(); f == nil || f.current().Key != "database.mysql.name" {
		t.Errorf("not led to the question\n%s", p.m.View())
	}
}

// A fault of an entry leads to the question of the whole collection.
func TestPlanFaultOfEntry(t *testing.T) {
	p := newPerson(t)
	const key = "server.resources.requests"
	p.stage.prepareErr = answers.Faults{{Key: key + ".memory", Summary: "not a quantity"}}
	p.m.responses.Type(key, "memory=256Mi")
	p.throughCluster().throughMySQL().toReviewWithoutPlan().sees("memory: not a quantity")
	p.press("e").sees("│ ✗ Resource requests (Advanced, Pods): memory: not a quantity", "› memory=256Mi")
}

func TestFailedCheckLeadsToItsQuestion(t *testing.T) {
	p := newPerson(t)
	p.stage.failing = true
	p.throughCluster().throughMySQL().toReview().sees("1 failed",
		"in 1.2s").press("e").sees("│ ✗ database.login: MySQL refuses user zenml", "✓ User")
	if f := p.form(); f == nil || f.current().Key != "database.mysql.password" {
		t.Fatalf("not led to the password\n%s", p.m.View())
	}
	p.press("enter").sees("│ TLS").press("shift+tab") // nothing has changed, so the next question follows
	p.sees("MySQL refuses user zenml").stage.failing = false
	p.press("another", "enter").sees("in 1.2s", "5 passed") // back where the user was
	if strings.Contains(p.press("esc").screen(), "MySQL refuses") {
		t.Errorf("the problem is shown after the answer changed\n%s", p.m.View())
	}
}

func TestInstallAsksAboutFailedChecks(t *testing.T) {
	p := newPerson(t)
	p.stage.failing = true
	p.throughCluster().throughMySQL().toReview().sees("1 failed", "in 1.2s", "MySQL refuses user zenml", "ALTER USER")
	p.press("i").sees("1 check failed.", "Install anyway").press("enter")
	if p.m.at != stepReview || p.m.dialog != nil {
		t.Fatal("the safe option left the review")
	}
	p.press("e")
	if p.m.at != "Database" {
		t.Errorf("e led to %s", p.m.at)
	}
	p.toReview().press("i", "y").sees("install release")
	p.stage.finish <- nil
	p.sees("Server ready")
}

func TestInstallWhenChecksPass(t *testing.T) {
	p := newPerson(t)
	p.stage.hold = make(chan struct{})
	p.throughCluster().toReview().sees("checking").press("i").sees("The checks are still running.").press("w")
	p.sees("checking, then installing").press("down").sees("running the API server answers")
	if p.m.screen().(*review).installNext {
		t.Fatal("another key does not stop it")
	}
	p.press("i", "w")
	close(p.stage.hold)
	p.sees("install release")
}

func TestInstallWhenChecksPassStopsAtFailure(t *testing.T) {
	p := newPerson(t)
	p.stage.failing, p.stage.hold = true, make(chan struct{})
	p.throughCluster().throughMySQL().toReview().sees("checking").press("i", "w")
	close(p.stage.hold)
	p.sees("1 check failed.", "Install anyway")
}

func TestTestingPermissionsNeedsConsent(t *testing.T) {
	p := newPerson(t)
	p.stage.notices = []string{"a secret zenml/preflight-… in AWS Secrets Manager, us-east-1"}
	p.throughCluster().toReview().sees("in 1.2s", "1 skipped", "Test permissions (p)")
	p.press("i").sees("Some permissions in the secrets store are not tested.", "zenml/preflight-… in AWS",
		"Install anyway").press("enter")
	if p.m.at != stepReview || p.m.dialog != nil {
		t.Fatal("the safe option left the review")
	}
	p.press("p").sees("zenml/preflight-… in AWS").press("p").sees("in 1.2s", "5 passed")
	if strings.Contains(p.m.View(), "Test permissions") {
		t.Errorf("testing is offered again\n%s", p.m.View())
	}
	p.stage.notices = []string{"a secret in another account"}
	p.press("r").sees("1 skipped", "in 1.2s", "Create namespace", "Test permissions (p)").press("i",
		"y").sees("install release")
	p.stage.finish <- nil
	p.sees("Server ready")
}

func TestUpgradeNeedsConfirmation(t *testing.T) {
	p := newPerson(t)
	p.stage.changes = []string{"~ server.database.poolSize: 5 -> 7"}
	p.throughCluster().toReview().sees("in 1.2s", "Changes to the release")
	p.sees("Upgrade zenml-server in sandbox (u)", "○ Upgrade").press("u").sees("The release is in use.",
		"poolSize: 5 -> 7").press("enter")
	if p.m.at != stepReview || p.m.dialog != nil {
		t.Fatal("the safe option left the review")
	}
	p.press("u", "y").sees("install release").press("ctrl+c").sees("Stop the upgrade?", "Continue upgrading").press("esc")
	p.stage.finish <- errors.New("boom")
	p.sees("The upgrade failed").press("t").sees("Running upgrade")
	p.stage.finish <- nil
	p.sees("Server ready")
	if got := p.m.outcomeWithAnswers().Operation; got != narrate.Upgrade {
		t.Errorf("the outcome is of an %s", got)
	}
	for _, view := range p.views {
		if strings.Contains(view, "Install into") {
			t.Fatalf("an upgrade is called an install\n%s", view)
		}
	}
}

func TestInstallAsksBeforeItTakesOver(t *testing.T) {
	p := newPerson(t, func(o *Options) {
		o.Engine.(*stage).existing = &Existing{Chart: "zenml 0.98.1", Status: "pending-install", Unfinished: true,
			FirstRun: true}
	})
	p.sees("https://127.0.0.1:16443").to(guardKey).sees("Yes, install zenml-server again with the defaults").press("end", "enter")
	p.toReview().sees("in 1.2s").press("i").sees("An earlier run did not finish.", "pending-install").press("esc")
	if p.m.at != stepReview {
		t.Fatal("esc took over")
	}
	p.press("i", "y").sees("install release")
}

// TestFixIsApplied chooses the change that resolves a failed check, and takes it back.
func TestFixIsApplied(t *testing.T) {
	p := newPerson(t)
	p.stage.failing = true
	p.stage.fix = check.Fix{Title: "Use database fixed", Answers: map[string]string{"database.mysql.name": "fixed"}}
	p.throughCluster().throughMySQL().toReview().sees("1 failed", "in 1.2s", "› Use database fixed (f)", "f Use database")
	p.stage.failing = false
	p.press("enter").sees("in 1.2s", "5 passed", "› Install into")
	if got := p.m.responses.Answers().Database.MySQL.Name; got != "fixed" {
		t.Errorf("the database is %q", got)
	}
	if last := p.stage.prepared[len(p.stage.prepared)-1]; last.Database.MySQL.Name != "fixed" {
		t.Error("the plan was not prepared again")
	}
	if strings.Contains(p.screen(), "Use database fixed") {
		t.Errorf("it is still offered\n%s", p.m.View())
	}
	p.m.undo()
	if got := p.m.responses.Answers().Database.MySQL.Name; got == "fixed" {
		t.Error("it cannot be taken back")
	}
}

// TestFixThatDoesNotApplyIsNotOffered has a fix for an answer that is not asked for.
func TestFixThatDoesNotApplyIsNotOffered(t *testing.T) {
	p := newPerson(t)
	p.stage.failing = true
	p.stage.fix = check.Fix{Title: "Use a volume", Answers: map[string]string{"database.sqlite.persistent": "true"}}
	p.throughCluster().throughMySQL().toReview().sees("1 failed", "in 1.2s", "› Change the answer")
	if strings.Contains(p.screen(), "Use a volume") {
		t.Errorf("it is offered\n%s", p.m.View())
	}
}
