package wizard

import (
	"errors"
	"testing"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/wizard/saved"
)

func TestResumeAtMissingSecret(t *testing.T) {
	state := saved.Folder(t.TempDir())
	with := func(o *Options) { o.Unfinished = state }
	p := newPerson(t, with).throughCluster().throughMySQL().press("enter", "enter")
	p.press("ctrl+c").leaves()

	again := newPerson(t, with).sees("Continue your unfinished install?", "MySQL on db.example.com",
		"Secrets you typed were not saved",
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
	again.sees("Server ready").until("the state file to go", func() bool { return len(state.List(answers.Cluster{})) == 0 })
}

// A failed install resumes at its review, after only the missing secrets and
// the confirmation of the cluster.
func TestResumeFailedInstallAtReview(t *testing.T) {
	state := saved.Folder(t.TempDir())
	with := func(o *Options) { o.Unfinished = state }
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

// A step that is opened instead asks its questions in turn.
func TestResumeElsewhere(t *testing.T) {
	folder := saved.Folder(t.TempDir())
	with := func(o *Options) { o.Unfinished = folder }
	newPerson(t, with).throughCluster().throughMySQL().toReview().press("ctrl+c").leaves()
	again := newPerson(t, with).sees("Continue at Review").press("enter").sees("│ Password").press(canary, "enter")
	again.sees("Is this the right cluster?").press("4").to("expose.type")
	if again.press("enter"); again.m.at != "Access" && again.m.at != "Advanced" {
		t.Fatalf("not at the next question or step\n%s", again.m.View())
	}
}

func TestResumeAtQuestion(t *testing.T) {
	state := saved.Folder(t.TempDir())
	with := func(o *Options) { o.Unfinished = state }
	newPerson(t, with).throughCluster().to("expose.type").press("ctrl+c").leaves()
	again := newPerson(t, with).sees("Continue at Access").press("enter").sees("● Access")
	again.until("the contexts", func() bool { return len(again.m.responses.Questions("Database")[0].Choices) == 3 })
	if f := again.form(); f == nil || f.current().Key != "expose.type" {
		t.Fatalf("not at the question where it stopped\n%s", again.m.View())
	}
}

// Every answer is saved when it is given: a run that is killed loses only the
// question that was open.
func TestSavesAfterEachAnswer(t *testing.T) {
	state := saved.Folder(t.TempDir())
	p := newPerson(t, func(o *Options) { o.Unfinished = state }).throughCluster().throughMySQL()
	p.until("the host to be saved", func() bool {
		runs := state.List(answers.Cluster{})
		return len(runs) == 1 && runs[0].Answers.Database.MySQL.Host == "db.example.com"
	})
}

// Two installs into different namespaces are both offered, and finishing one
// leaves the other.
func TestResumeOneOfSeveral(t *testing.T) {
	state := saved.Folder(t.TempDir())
	for _, namespace := range []string{"team-a", "team-b"} {
		a := answers.Answers{Cluster: answers.Cluster{Context: "sandbox", Namespace: namespace}}
		a.Database.Type = answers.SQLiteDatabase
		if err := state.Write(a, "Access"); err != nil {
			t.Fatal(err)
		}
	}
	with := func(o *Options) { o.Unfinished = state }
	newPerson(t, with).sees("Continue an unfinished install?", "team-a", "team-b", "Try it out")
	only := newPerson(t, with, func(o *Options) { o.Start.Cluster.Namespace = "team-b" })
	only.sees("Continue your unfinished install?", "team-b").press("enter").sees("● Access")
	if got := only.m.responses.Complete().Cluster.Namespace; got != "team-b" {
		t.Errorf("it continues the install into %s", got)
	}
}

// stayAtStart keeps newPerson from choosing how to begin.
func stayAtStart(o *Options) { o.Output = atStart }

func TestTryItOutAsksOnlyForTheCluster(t *testing.T) {
	p := newPerson(t, stayAtStart).sees("Nothing is written before you confirm it", "› Try it out").press("enter")
	p.sees("https://127.0.0.1:16443").to(guardKey).sees("Yes, install into sandbox").press("down", "enter")
	p.sees("Create namespace zenml-server", "in 1.2s")
	if a := p.m.responses.Answers(); a.Database.Type != answers.SQLiteDatabase {
		t.Errorf("%+v", a.Database)
	}
}

func TestTryItOutAfterProduction(t *testing.T) {
	p := newPerson(t, stayAtStart).press("p").sees("https://127.0.0.1:16443").press("esc").sees("Try it out").press("t")
	p.sees("https://127.0.0.1:16443").to(guardKey).sees("Yes, install into sandbox").press("down", "enter")
	p.sees("Create namespace zenml-server")
	if a := p.m.responses.Complete(); a.Expose.Type != answers.PortForward || a.Database.Type != answers.SQLiteDatabase {
		t.Errorf("%+v %+v", a.Expose, a.Database)
	}
}

func TestProductionBeginsWithItsChoices(t *testing.T) {
	p := newPerson(t, stayAtStart).sees("Production").press("p").throughCluster()
	p.sees("› MySQL").press("enter").to("database.mysql.host").press("esc", "up", "enter")
	p.to("secretsStore.type").to("expose.type").sees("› Ingress")
}

func TestGoalDecidesWhatReviewOffersFirst(t *testing.T) {
	for key, want := range map[string]string{
		"s": "› Install into sandbox", "c": "› Quit", "w": "› Write custom-values.yaml only",
	} {
		newPerson(t, stayAtStart).sees("Check only").press(key).throughCluster().toReview().sees("in 1.2s", want)
	}
}

func TestOpenAnswersFile(t *testing.T) {
	p := newPerson(t, stayAtStart, func(o *Options) {
		o.Home = "/home/me"
		o.Engine.(*stage).imported.Database.Type = answers.SQLiteDatabase
	})
	p.sees("Open an answers file").press("o", "enter").sees("enter the name of a file")
	p.press("none?", "enter").sees("no such file", "none?").press("esc").sees("Try it out")
	p.press("o", "ctrl+u", "~/answers.yaml", "enter").sees("https://127.0.0.1:16443").to(guardKey)
	p.sees("Yes, install into sandbox").press("down", "enter").sees("Create namespace zenml-server")
}
