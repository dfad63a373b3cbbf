package wizard

import (
	"testing"
)

func TestInstallWithMySQLFromFirstKeyToLogin(t *testing.T) {
	p := newPerson(t)
	p.throughCluster().throughMySQL().toReview().sees("4 ok", "1 warned", "in 1.2s", "Create namespace zenml-server on sandbox")
	p.press("enter").sees("install release zenml-server", "Running upgrade 0.97.0")
	p.stage.finish <- nil
	p.sees("The server answers at http://127.0.0.1:8080", "Waiting for you to activate it")
	p.stage.activate <- nil
	p.sees("It is activated", "zenml login http://127.0.0.1:8080")
	p.press("q").leaves()

	got := p.m.result()
	if got.Ending != Installed || !got.Activated || got.URL != "http://127.0.0.1:8080" {
		t.Errorf("outcome: %+v", got)
	}
	if db := got.Answers.Database.MySQL; db.Host != "db.example.com" || db.Port != 3307 || db.User != "zen" || db.Password.Value.Reveal() != canary {
		t.Errorf("answers: %+v", db)
	}
	if len(p.stage.opened) != 1 {
		t.Errorf("the browser was opened %d times", len(p.stage.opened))
	}
}
