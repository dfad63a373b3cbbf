package wizard

import (
	"errors"
	"io/fs"
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/install/diagnose"
	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/internal/answers"
)

func TestGuidedInstall(t *testing.T) {
	p := newPerson(t)
	p.throughCluster().throughMySQL().toReview()
	p.sees("5 passed", "1 warning", "in 1.2s", "Create namespace zenml-server on sandbox")
	p.press("enter").sees("install release zenml-server", "Running upgrade 0.97.0")
	p.stage.finish <- nil
	p.sees("Server ready at http://127.0.0.1:8080", "Opened the browser", "Waiting for you to create the admin account")
	p.stage.activate <- nil
	p.sees("Activated at", "zenml login http://127.0.0.1:8080")
	p.press("q").leaves()

	got := p.m.outcomeWithAnswers()
	if got.Ending != Installed || !got.Activated || got.URL != "http://127.0.0.1:8080" {
		t.Errorf("outcome: %+v", got)
	}
	if db := got.Answers.Database.MySQL; db.Host != "db.example.com" || db.Port != 3307 || db.User != "zen" || db.Password.Value.Reveal() != canary {
		t.Errorf("answers: %+v", db)
	}
	if key := got.Answers.SecretsStore.SQL.EncryptionKey; !key.Generate {
		t.Errorf("an empty encryption key is not generated: %+v", key)
	}
	if len(p.stage.opened) != 1 {
		t.Errorf("the browser was opened %d times", len(p.stage.opened))
	}
}

func TestSuggestion(t *testing.T) {
	p := newPerson(t).throughCluster()
	p.press("up", "enter").to("database.mysql.host").toReview()
	db := p.m.outcomeWithAnswers().Answers.Database
	if db.Type != answers.MySQLDatabase || db.MySQL.Host != "10.0.0.2" || db.MySQL.Port != 33306 || db.MySQL.Password.File != "/run/sandbox/mysql-password" {
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

func TestGuardStartsOnNo(t *testing.T) {
	p := newPerson(t).sees("https://127.0.0.1:16443").to(guardKey).sees("Kubernetes v1.36.2, 1 node")
	p.press("enter").sees("The kubeconfig context of the cluster")
	if p.m.isConfirmed() || p.form().current().Key != "cluster.context" {
		t.Fatal("enter alone confirmed the cluster")
	}
	p.press("up").to(guardKey).sees("ABCDEF.gr7.eu-central-1", "Yes, install into prod-eu")
}

func TestGuardAsksAgainAfterNamespaceChange(t *testing.T) {
	p := newPerson(t).throughCluster()
	p.press("esc", "shift+tab", "shift+tab").to("cluster.namespace").press("other").to(guardKey)
	if p.m.isConfirmed() {
		t.Fatal("the confirmation of another namespace is still valid")
	}
}

func TestGuardRetriesUnreachableCluster(t *testing.T) {
	p := newPerson(t, func(o *Options) { o.Engine.(*stage).describeErr = errors.New("connection refused") })
	p.sees("https://127.0.0.1:16443").to(guardKey).sees("Cannot reach the cluster", "connection refused")
	if strings.Contains(p.screen(), "Yes, install") {
		t.Error("an unreachable cluster can be confirmed")
	}
	p.stage.describeErr = nil
	p.press("enter").sees("Yes, install into sandbox")
}

func TestFaultIsShownAtItsQuestion(t *testing.T) {
	p := newPerson(t).throughCluster().press("down", "enter").to("database.mysql.host")
	p.press("enter").sees("an answer is required; for example db.example.com")
	p.press("localhost", "enter").sees("is the pod itself, not your machine")
	p.press("ctrl+u", "db", "enter").to("database.mysql.port").press("zehn", "enter").sees("is not a whole number")
}

func TestPlanFaultLeadsToItsQuestion(t *testing.T) {
	p := newPerson(t)
	p.stage.prepareErr = answers.Faults{{Key: "database.mysql.name", Problem: "the chart takes another name"}}
	p.throughCluster().throughMySQL().toReviewWithoutPlan().sees("the chart takes another name", "Change the answer (e)")
	p.press("e").sees("│ ✗ Database name: the chart takes another name")
	if f := p.form(); f == nil || f.current().Key != "database.mysql.name" {
		t.Errorf("not led to the question\n%s", p.m.View())
	}
}

func TestFailedCheckLeadsToItsQuestion(t *testing.T) {
	p := newPerson(t)
	p.stage.failing = true
	p.throughCluster().throughMySQL().toReview().sees("1 failed", "in 1.2s").press("e").sees("│ ✗ database.login: MySQL refuses user zenml", "✓ User")
	if f := p.form(); f == nil || f.current().Key != "database.mysql.password" {
		t.Fatalf("not led to the password\n%s", p.m.View())
	}
	p.press("enter", "shift+tab").sees("MySQL refuses user zenml")
	if p.press("another", "enter"); strings.Contains(p.screen(), "MySQL refuses") {
		t.Errorf("the problem is shown after the answer changed\n%s", p.m.View())
	}
	p.stage.failing = false
	p.press("shift+tab").toReview().sees("in 1.2s", "5 passed")
}

func TestListHelpOmitsEmptyAnswer(t *testing.T) {
	p := newPerson(t).sees("https://127.0.0.1:16443")
	if strings.Contains(p.screen(), "If empty") {
		t.Errorf("a list explains the empty answer\n%s", p.m.View())
	}
}

func TestRemedyUsesTitles(t *testing.T) {
	p := newPerson(t).throughCluster().press("down", "enter").to("database.mysql.host").press("db.example.com:3306", "enter")
	p.sees("(db.example.com), and set", "“Port”")
}

func TestInstallWritesValues(t *testing.T) {
	p := newPerson(t).throughCluster().toReview().sees("in 1.2s").press("enter").sees("wrote the values to custom-values.yaml")
	p.stage.finish <- nil
	p.sees("Server ready").press("q").leaves()
	if got := p.m.outcomeWithAnswers(); got.Values != "custom-values.yaml" || got.ValuesErr != nil {
		t.Errorf("%+v", got)
	}
}

func TestInstallKeepsOtherValuesFile(t *testing.T) {
	p := newPerson(t)
	p.stage.written["custom-values.yaml"] = true
	p.throughCluster().toReview().sees("in 1.2s").press("enter").sees("exists with other content")
	p.stage.finish <- nil
	p.sees("Server ready").press("q").leaves()
	if got := p.m.outcomeWithAnswers(); got.Values != "" || !errors.Is(got.ValuesErr, fs.ErrExist) {
		t.Errorf("%+v", got)
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

func TestTestingPermissionsNeedsConsent(t *testing.T) {
	p := newPerson(t)
	p.stage.notices = []string{"a secret zenml/preflight-… in AWS Secrets Manager, us-east-1"}
	p.throughCluster().toReview().sees("in 1.2s", "1 skipped", "Test permissions (p)")
	p.press("i").sees("Some permissions in the secrets store are not tested.", "zenml/preflight-… in AWS", "Install anyway").press("enter")
	if p.m.at != stepReview || p.m.dialog != nil {
		t.Fatal("the safe option left the review")
	}
	p.press("p").sees("zenml/preflight-… in AWS").press("p").sees("in 1.2s", "5 passed")
	if strings.Contains(p.m.View(), "Test permissions") {
		t.Errorf("testing is offered again\n%s", p.m.View())
	}
	p.stage.notices = []string{"a secret in another account"}
	p.press("r").sees("1 skipped", "in 1.2s", "Create namespace", "Test permissions (p)").press("i", "y").sees("install release")
	p.stage.finish <- nil
	p.sees("Server ready")
}

func TestUpgradeNeedsConfirmation(t *testing.T) {
	p := newPerson(t)
	p.stage.changes = []string{"~ server.database.poolSize: 5 -> 7"}
	p.throughCluster().toReview().sees("in 1.2s", "Changes to the release")
	p.press("i").sees("The release is in use.", "poolSize: 5 -> 7").press("enter")
	if p.m.at != stepReview || p.m.dialog != nil {
		t.Fatal("the safe option left the review")
	}
	p.press("i", "y").sees("install release")
	p.stage.finish <- nil
	p.sees("Server ready")
}

func TestCheckAgainIgnoresLateResults(t *testing.T) {
	p := newPerson(t)
	p.stage.hold = make(chan struct{})
	p.throughCluster().toReview().sees("running the API server answers", "checking")
	r := p.m.screen().(*review)
	first := r.checking
	p.press("r").sees("running the API server answers")
	close(p.stage.hold)
	p.sees("5 passed", "in 1.2s")
	p.handle(taskMsg{id: first.id, msg: checkMsg{Check: stageChecks[0]}})
	if n := r.tally(); n.Passed != 5 {
		t.Errorf("a message of the dropped run was used: %+v", n)
	}
}

func TestWriteValuesOnlyAsksBeforeOverwriting(t *testing.T) {
	p := newPerson(t)
	p.stage.written["custom-values.yaml"] = true
	p.throughCluster().toReview().press("w").sees("custom-values.yaml already exists.").press("esc")
	if p.m.outcomeWithAnswers().Values != "" {
		t.Fatal("esc overwrote the file")
	}
	p.press("w").sees("already exists").press("o").sees("Wrote custom-values.yaml").press("q").leaves()
	if got := p.m.outcomeWithAnswers(); got.Ending != Wrote || got.Values != "custom-values.yaml" {
		t.Errorf("%+v", got)
	}
}

func TestCtrlCStopsInstall(t *testing.T) {
	p := newPerson(t).throughCluster().toReview().sees("in 1.2s").press("enter").sees("Running upgrade")
	p.press("ctrl+c").sees("Stop the install?").press("esc")
	if p.stage.stopped {
		t.Fatal("esc stopped the install")
	}
	p.press("ctrl+c", "ctrl+c").sees("The install was stopped", "the next run upgrades it").press("q").leaves()
	if got := p.m.outcomeWithAnswers(); got.Ending != Stopped || got.Err == nil {
		t.Errorf("%+v", got)
	}
}

func TestFailedInstallCanBeRetried(t *testing.T) {
	p := newPerson(t).throughCluster().toReview().sees("in 1.2s").press("enter").sees("Running upgrade")
	p.stage.finish <- &diagnose.Fault{Object: event.Object{Kind: "Pod", Name: "zenml-server-0"}, Summary: "the image is not in the registry", Evidence: []string{"manifest unknown"}, Remedy: "check server.image.tag"}
	p.sees("The install failed", "Pod zenml-server-0: the image is not in the registry", "manifest unknown", "check server.image.tag")
	p.press("enter").sees("Running upgrade", "Objects, 1 of 3 ready")
	p.stage.finish <- nil
	p.sees("Server ready").press("q").leaves()
	if got := p.m.outcomeWithAnswers(); got.Ending != Installed || got.Err != nil {
		t.Errorf("%+v", got)
	}
}

func TestReconnect(t *testing.T) {
	p := newPerson(t).throughCluster().toReview().sees("in 1.2s").press("enter")
	p.stage.finish <- nil
	p.sees("Server ready", "Opened the browser")
	p.stage.gone <- struct{}{}
	p.sees("Not connected to the server: the namespace is gone", "Connect again").press("t").sees("Server ready")
	if len(p.stage.opened) != 1 {
		t.Errorf("the browser was opened %d times", len(p.stage.opened))
	}
	p.press("o").until("the browser", func() bool {
		p.stage.mu.Lock()
		defer p.stage.mu.Unlock()
		return len(p.stage.opened) == 2
	})
}

func TestHelp(t *testing.T) {
	p := newPerson(t).throughCluster().press("?").sees("its data is lost when the pod restarts", "Answers key: database.type").press("x")
	p.press("down", "enter", "db", "enter").to("database.mysql.user").press("zen").to("database.mysql.password").press("a?b")
	if p.m.help != nil || p.form().text != "a?b" {
		t.Errorf("the question mark opened the help: %q", p.form().text)
	}
	p.press("f1").sees("env:NAME for an environment variable")
}
