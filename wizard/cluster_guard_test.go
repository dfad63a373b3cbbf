package wizard

import (
	"errors"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/wizard/saved"
)

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

func TestGuardAnswerIsVisible(t *testing.T) {
	for _, size := range short {
		p := newPerson(t).sees("https://127.0.0.1:16443").to(guardKey).sees("Yes, install")
		p.handle(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
		if got := p.pointed(); !strings.HasPrefix(got, "No, choose") {
			t.Errorf("%v: %q\n%s", size, got, p.m.View())
		}
		if got := p.press("down").pointed(); !strings.HasPrefix(got, "Yes, install") {
			t.Errorf("%v: %q\n%s", size, got, p.m.View())
		}
	}
}

// An upgrade starts from the settings of the release, and goes to what is missing.
func TestUpgradeStartsFromRelease(t *testing.T) {
	p := newPerson(t, func(o *Options) {
		s := o.Engine.(*stage)
		s.existing = &Existing{Chart: "zenml 0.84.3", Status: "deployed"}
		s.imported.Database.Type = answers.MySQLDatabase
		s.imported.Database.MySQL = answers.MySQL{Host: "db.example.com", Name: "zenml", User: "zen"}
		s.imported.Server.Replicas = 2
		s.importErr = errors.New("boom")
	})
	p.sees("https://127.0.0.1:16443").to(guardKey).sees("› No, choose another context", "with the release's settings",
		"with the defaults")
	p.press("down", "enter").sees("Cannot read its settings: boom").stage.importErr = nil
	p.press("down", "enter").sees("│ Password").press(canary, "enter")
	p.sees("Create namespace zenml-server", "Not taken over from the release", "zenml.podDisruptionBudget")
	a := p.m.responses.Answers()
	if a.Database.MySQL.Host != "db.example.com" || a.Server.Replicas != 2 {
		t.Errorf("%+v", a)
	}
}

// The settings are those of the release that was confirmed, and so is the target: not the
// namespace of a flag that was changed on the screen.
func TestUpgradeKeepsConfirmedTarget(t *testing.T) {
	p := newPerson(t, func(o *Options) {
		o.Start.Cluster.Namespace = "of-the-flag"
		s := o.Engine.(*stage)
		s.existing = &Existing{Chart: "zenml 0.98.1", Status: "deployed"}
		s.imported.Database.Type = answers.SQLiteDatabase
	})
	p.sees("https://127.0.0.1:16443").to("cluster.namespace")
	p.m.responses.Type("cluster.namespace", "chosen")
	p.to(guardKey).sees("chosen", "with the release's settings").press("down", "enter")
	p.sees("Create namespace chosen")
	if got := p.m.confirmed.Namespace; got != "chosen" {
		t.Errorf("confirmed %s", got)
	}
}

func TestOnlyLocalClusterIsTheRightOne(t *testing.T) {
	p := newPerson(t, func(o *Options) { o.Engine.(*stage).contexts = contexts[2:] })
	p.sees("https://127.0.0.1:16443").to(guardKey).sees("› Yes, install into sandbox").press("enter")
	if !p.m.isConfirmed() {
		t.Error("not confirmed")
	}
	p = newPerson(t, func(o *Options) { o.Engine.(*stage).contexts = contexts[1:2] })
	p.sees("eks.amazonaws.com").to(guardKey).sees("› No, choose another context")
}

// TestUpgradeNamesTheSavedAnswers continues an unfinished install: the choice that takes
// no settings of the release takes the saved answers.
func TestUpgradeNamesTheSavedAnswers(t *testing.T) {
	folder := saved.Folder(t.TempDir())
	var a answers.Answers
	a.Cluster.Context, a.Database.Type = "sandbox", answers.SQLiteDatabase
	if err := folder.Write(a, "Access"); err != nil {
		t.Fatal(err)
	}
	p := newPerson(t, func(o *Options) {
		o.Unfinished = folder
		o.Engine.(*stage).existing = &Existing{Chart: "zenml 0.98.1", Status: "failed", FirstRun: true}
	})
	p.press("1").sees("│ Access").press("1").sees("https://127.0.0.1:16443").to(guardKey)
	p.sees("Yes, install zenml-server again with your saved answers")
}
