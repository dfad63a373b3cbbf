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

func TestInstallWithMySQLFromFirstKeyToLogin(t *testing.T) {
	p := newPerson(t)
	p.throughCluster().throughMySQL().toReview()
	p.sees("5 ok", "1 warned", "in 1.2s", "Create namespace zenml-server on sandbox")
	p.press("enter").sees("install release zenml-server", "Running upgrade 0.97.0")
	p.stage.finish <- nil
	p.sees("The server answers at http://127.0.0.1:8080", "The browser was opened", "Waiting for you to activate it")
	p.stage.activate <- nil
	p.sees("It is activated", "zenml login http://127.0.0.1:8080")
	p.press("q").leaves()

	got := p.m.outcomeWithAnswers()
	if got.Ending != Installed || !got.Activated || got.URL != "http://127.0.0.1:8080" {
		t.Errorf("outcome: %+v", got)
	}
	if db := got.Answers.Database.MySQL; db.Host != "db.example.com" || db.Port != 3307 || db.User != "zen" || db.Password.Value.Reveal() != canary {
		t.Errorf("answers: %+v", db)
	}
	if key := got.Answers.SecretsStore.SQL.EncryptionKey; !key.Generate {
		t.Errorf("the encryption key that was left empty is not to be generated: %+v", key)
	}
	if len(p.stage.opened) != 1 {
		t.Errorf("the browser was opened %d times", len(p.stage.opened))
	}
}

func TestTheSuggestionFillsTheDatabaseIn(t *testing.T) {
	p := newPerson(t).throughCluster()
	p.press("up", "enter").to("database.mysql.host").toReview()
	db := p.m.outcomeWithAnswers().Answers.Database
	if db.Type != answers.MySQLDatabase || db.MySQL.Host != "10.0.0.2" || db.MySQL.Port != 33306 || db.MySQL.Password.File != "/run/sandbox/mysql-password" {
		t.Errorf("%+v", db)
	}
}

func TestNothingTypedIsLostByGoingBackOrChangingTheDatabase(t *testing.T) {
	p := newPerson(t).throughCluster().throughMySQL()
	for p.form().current().Key != "database.type" || p.m.at != "Database" {
		p.press("shift+tab")
	}
	p.press("up", "enter").to("database.sqlite.persistent")
	if db := p.m.outcomeWithAnswers().Answers.Database; db.MySQL != (answers.MySQL{}) {
		t.Errorf("answers without meaning are kept: %+v", db.MySQL)
	}
	p.press("esc").press("down", "enter").to("database.mysql.user").sees("db.example.com")
	if got := p.form().text; got != "zen" {
		t.Errorf("the user was %q when it was come back to", got)
	}
	if db := p.m.outcomeWithAnswers().Answers.Database.MySQL; db.Password.Value.Reveal() != canary || db.Port != 3307 {
		t.Errorf("%+v", db)
	}
}

func TestTheCursorOfTheGuardNeverBeginsOnYes(t *testing.T) {
	p := newPerson(t).sees("https://127.0.0.1:16443").to(guardKey).sees("Kubernetes v1.36.2, 1 node")
	p.press("enter").sees("The kubeconfig context of the cluster")
	if p.m.isConfirmed() || p.form().current().Key != "cluster.context" {
		t.Fatal("enter alone confirmed the cluster")
	}
	p.press("up").to(guardKey).sees("ABCDEF.gr7.eu-central-1", "yes, prod-eu is where ZenML shall go")
}

func TestAChangedNamespaceIsConfirmedAnew(t *testing.T) {
	p := newPerson(t).throughCluster()
	p.press("esc", "shift+tab", "shift+tab").to("cluster.namespace").press("other").to(guardKey)
	if p.m.isConfirmed() {
		t.Fatal("the confirmation of another namespace still counts")
	}
}

func TestAClusterThatDoesNotAnswerCanBeAskedAgain(t *testing.T) {
	p := newPerson(t, func(o *Options) { o.Engine.(*stage).describeErr = errors.New("connection refused") })
	p.sees("https://127.0.0.1:16443").to(guardKey).sees("The cluster does not answer", "connection refused")
	if strings.Contains(p.screen(), "yes, sandbox") {
		t.Error("a cluster that does not answer can be confirmed")
	}
	p.stage.describeErr = nil
	p.press("enter").sees("yes, sandbox is where ZenML shall go")
}

func TestAFaultIsShownWhereItIsMended(t *testing.T) {
	p := newPerson(t).throughCluster().press("down", "enter").to("database.mysql.host")
	p.press("enter").sees("an answer is needed here; for example db.example.com")
	p.press("localhost", "enter").sees("means the pod itself, not your machine")
	p.press("ctrl+u", "db", "enter").to("database.mysql.port").press("zehn", "enter").sees("is not a whole number")
}

func TestFaultsOfThePlanLeadBackToTheirQuestion(t *testing.T) {
	p := newPerson(t)
	p.stage.prepareErr = answers.Faults{{Key: "database.mysql.name", Problem: "the chart takes another name"}}
	p.throughCluster().throughMySQL().toReviewWithoutPlan().sees("the chart takes another name", "change the answer (e)")
	p.press("e").sees("│ ✗ Database name: the chart takes another name")
	if f := p.form(); f == nil || f.current().Key != "database.mysql.name" {
		t.Errorf("not led to the question\n%s", p.m.View())
	}
}

func TestAFailedCheckLeadsToTheAnswerItSpeaksOf(t *testing.T) {
	p := newPerson(t)
	p.stage.failing = true
	p.throughCluster().throughMySQL().toReview().sees("1 failed", "in 1.2s").press("e").sees("│ ✗ database.login: MySQL refuses user zenml", "✓ User")
	if f := p.form(); f == nil || f.current().Key != "database.mysql.password" {
		t.Fatalf("not led to the password\n%s", p.m.View())
	}
	p.press("enter", "shift+tab").sees("MySQL refuses user zenml")
	if p.press("another", "enter"); strings.Contains(p.screen(), "MySQL refuses") {
		t.Errorf("what was found is shown beside another answer\n%s", p.m.View())
	}
	p.stage.failing = false
	p.press("shift+tab").toReview().sees("in 1.2s", "5 ok")
}

func TestAListOffersNoEmptyAnswer(t *testing.T) {
	p := newPerson(t).sees("https://127.0.0.1:16443")
	if strings.Contains(p.screen(), "Empty means") {
		t.Errorf("a list speaks of an empty answer\n%s", p.m.View())
	}
}

func TestRemediesSpeakOfQuestionsByTheirTitles(t *testing.T) {
	p := newPerson(t).throughCluster().press("down", "enter").to("database.mysql.host").press("db.example.com:3306", "enter")
	p.sees("give the host alone (db.example.com)", "and the port in “Port”")
}

func TestTheValuesFileIsWrittenBesideTheInstall(t *testing.T) {
	p := newPerson(t).throughCluster().toReview().sees("in 1.2s").press("enter").sees("the values were written to custom-values.yaml")
	p.stage.finish <- nil
	p.sees("The server answers").press("q").leaves()
	if got := p.m.outcomeWithAnswers(); got.Values != "custom-values.yaml" || got.ValuesErr != nil {
		t.Errorf("%+v", got)
	}
}

func TestAnotherValuesFileIsLeftBesideTheInstall(t *testing.T) {
	p := newPerson(t)
	p.stage.written["custom-values.yaml"] = true
	p.throughCluster().toReview().sees("in 1.2s").press("enter").sees("it was left as it is", "were not written")
	p.stage.finish <- nil
	p.sees("The server answers").press("q").leaves()
	if got := p.m.outcomeWithAnswers(); got.Values != "" || !errors.Is(got.ValuesErr, fs.ErrExist) {
		t.Errorf("%+v", got)
	}
}

func TestInstallingOverAFailedCheckNeedsAWord(t *testing.T) {
	p := newPerson(t)
	p.stage.failing = true
	p.throughCluster().throughMySQL().toReview().sees("1 failed", "in 1.2s", "MySQL refuses user zenml", "ALTER USER")
	p.press("i").sees("1 check failed.", "install all the same").press("enter")
	if p.m.at != stepReview || p.m.dialog != nil {
		t.Fatal("the safe answer did not stay")
	}
	p.press("e")
	if p.m.at != "Database" {
		t.Errorf("e led to %s", p.m.at)
	}
	p.toReview().press("i", "y").sees("install release")
	p.stage.finish <- nil
	p.sees("The server answers")
}

func TestWhatTheChecksWriteElsewhereNeedsAWord(t *testing.T) {
	p := newPerson(t)
	p.stage.notices = []string{"a secret zenml/preflight-… in AWS Secrets Manager, us-east-1"}
	p.throughCluster().toReview().sees("in 1.2s", "1 skipped", "prove the rights (p)")
	p.press("i").sees("Not all rights in the secrets store are proved.", "zenml/preflight-… in AWS", "install all the same").press("enter")
	if p.m.at != stepReview || p.m.dialog != nil {
		t.Fatal("the safe answer did not stay")
	}
	p.press("p").sees("zenml/preflight-… in AWS").press("p").sees("in 1.2s", "5 ok")
	if strings.Contains(p.m.View(), "prove the rights") {
		t.Errorf("what is proved is offered\n%s", p.m.View())
	}
	p.stage.notices = []string{"a secret in another account"}
	p.press("r").sees("1 skipped", "in 1.2s", "Create namespace", "prove the rights (p)").press("i", "y").sees("install release")
	p.stage.finish <- nil
	p.sees("The server answers")
}

func TestChangingAReleaseInUseNeedsAWord(t *testing.T) {
	p := newPerson(t)
	p.stage.changes = []string{"~ server.database.poolSize: 5 -> 7"}
	p.throughCluster().toReview().sees("in 1.2s", "What changes in the release")
	p.press("i").sees("The release is in use.", "poolSize: 5 -> 7").press("enter")
	if p.m.at != stepReview || p.m.dialog != nil {
		t.Fatal("the safe answer did not stay")
	}
	p.press("i", "y").sees("install release")
	p.stage.finish <- nil
	p.sees("The server answers")
}

func TestChecksRunAgainAndLateResultsAreIgnored(t *testing.T) {
	p := newPerson(t)
	p.stage.hold = make(chan struct{})
	p.throughCluster().toReview().sees("now the API server answers", "checking")
	r := p.m.screen().(*review)
	first := r.checking
	p.press("r").sees("now the API server answers")
	close(p.stage.hold)
	p.sees("5 ok", "in 1.2s")
	p.handle(taskMsg{id: first.id, msg: checkMsg{Check: stageChecks[0]}})
	if n := r.countRows(); n.running != 0 || n.passed != 5 {
		t.Errorf("a message of the dropped run was taken: %+v", n)
	}
}

func TestOnlyTheValuesFileAndNotOverAnotherUnasked(t *testing.T) {
	p := newPerson(t)
	p.stage.written["custom-values.yaml"] = true
	p.throughCluster().toReview().press("w").sees("custom-values.yaml is there already.").press("esc")
	if p.m.outcomeWithAnswers().Values != "" {
		t.Fatal("esc overwrote the file")
	}
	p.press("w").sees("is there already").press("o").sees("Written: custom-values.yaml").press("q").leaves()
	if got := p.m.outcomeWithAnswers(); got.Ending != Wrote || got.Values != "custom-values.yaml" {
		t.Errorf("%+v", got)
	}
}

func TestCtrlCWhileInstallingAsksAndThenWaits(t *testing.T) {
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

func TestAFaultOfTheInstallIsNamedAndCanBeTriedAgain(t *testing.T) {
	p := newPerson(t).throughCluster().toReview().sees("in 1.2s").press("enter").sees("Running upgrade")
	p.stage.finish <- &diagnose.Fault{Object: event.Object{Kind: "Pod", Name: "zenml-server-0"}, Summary: "the image is not in the registry", Evidence: []string{"manifest unknown"}, Remedy: "check server.image.tag"}
	p.sees("The install failed", "Pod zenml-server-0: the image is not in the registry", "manifest unknown", "check server.image.tag")
	p.press("enter").sees("Running upgrade", "Objects, 1 of 3 ready")
	p.stage.finish <- nil
	p.sees("The server answers").press("q").leaves()
	if got := p.m.outcomeWithAnswers(); got.Ending != Installed || got.Err != nil {
		t.Errorf("%+v", got)
	}
}

func TestALostTunnelIsSaidAndConnectedAgain(t *testing.T) {
	p := newPerson(t).throughCluster().toReview().sees("in 1.2s").press("enter")
	p.stage.finish <- nil
	p.sees("The server answers", "The browser was opened")
	p.stage.gone <- struct{}{}
	p.sees("There is no way to the server: the namespace is gone", "connect again").press("t").sees("The server answers")
	if len(p.stage.opened) != 1 {
		t.Errorf("the browser was opened %d times", len(p.stage.opened))
	}
	p.press("o").until("the browser", func() bool {
		p.stage.mu.Lock()
		defer p.stage.mu.Unlock()
		return len(p.stage.opened) == 2
	})
}

func TestHelpExplainsTheQuestionAndAQuestionMarkCanBePartOfAPassword(t *testing.T) {
	p := newPerson(t).throughCluster().press("?").sees("gone with the pod unless it is on a volume", "In an answers file: database.type").press("x")
	p.press("down", "enter", "db", "enter").to("database.mysql.user").press("zen").to("database.mysql.password").press("a?b")
	if p.m.help != nil || p.form().text != "a?b" {
		t.Errorf("the question mark was taken for help: %q", p.form().text)
	}
	p.press("f1").sees("env:NAME for an environment variable")
}
