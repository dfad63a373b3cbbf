package wizard

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/zenml-installer/zenml-installer/wizard/saved"
)

func TestResumeAtMissingSecret(t *testing.T) {
	state := filepath.Join(t.TempDir(), "answers.yaml")
	with := func(o *Options) { o.StatePath = state }
	p := newPerson(t, with).throughCluster().throughMySQL().press("enter")
	p.press("ctrl+c").leaves()

	again := newPerson(t, with).sees("Continue your previous install?", "Secrets you typed were not saved",
		"Continue at Secrets").press("enter")
	if f := again.form(); f == nil || f.current().Key != "database.mysql.password" {
		t.Fatalf("not at the missing secret\n%s", again.m.View())
	}
	again.press(canary, "enter").sees("Secrets store", "● Secrets", "✓ Database", "! Cluster")
	for range 20 {
		if f := again.form(); f != nil && f.current().Key == guardKey {
			break
		}
		again.press("enter")
	}
	again.sees("Yes, install").press("down", "enter").toReview().sees("in 1.2s").press("enter").sees("Running upgrade")
	again.stage.finish <- nil
	again.sees("Server ready").until("the state file to go", func() bool { return saved.Read(state) == nil })
}

// A failed install resumes at its review, after only the missing secrets and
// the confirmation of the cluster.
func TestResumeFailedInstallAtReview(t *testing.T) {
	state := filepath.Join(t.TempDir(), "answers.yaml")
	with := func(o *Options) { o.StatePath = state }
	p := newPerson(t,
		with).throughCluster().throughMySQL().toReview().sees("in 1.2s").press("enter").sees("Running upgrade")
	p.stage.finish <- errors.New("boom")
	p.sees("The install failed").press("q").leaves()

	again := newPerson(t, with).sees("Continue at Review").press("enter").sees("│ Password")
	again.press(canary, "enter").sees("Is this the right cluster?", "Yes, install")
	if len(again.stage.prepared) > 0 {
		t.Error("the plan was prepared before the cluster was confirmed")
	}
	again.press("down", "enter").sees("Create namespace zenml-server", "in 1.2s")
}

func TestResumeAtQuestion(t *testing.T) {
	state := filepath.Join(t.TempDir(), "answers.yaml")
	with := func(o *Options) { o.StatePath = state }
	newPerson(t, with).throughCluster().to("expose.type").press("ctrl+c").leaves()
	again := newPerson(t, with).sees("Continue at Access").press("enter").sees("● Access")
	again.until("the contexts", func() bool { return len(again.m.responses.Questions("Database")[0].Choices) == 3 })
	if f := again.form(); f == nil || f.current().Key != "expose.type" {
		t.Fatalf("not at the question where it stopped\n%s", again.m.View())
	}
}
