package wizard

import (
	"testing"
	"time"

	"github.com/zenml-installer/zenml-installer/internal/answers"
)

var someReleases = []Found{
	{Context: "sandbox", Namespace: "zenml", Release: "zenml-server", Version: "0.84.3", ChartVersion: "0.84.3",
		Status: "deployed", Updated: time.Date(2026, 10, 13, 12, 0, 0, 0, time.UTC)},
	{Context: "sandbox", Namespace: "ml", Release: "tracking", Version: "0.98.1", ChartVersion: "0.98.1",
		Status: "failed", Updated: time.Date(2026, 11, 23, 11, 0, 0, 0, time.UTC), NeedsRepair: true},
}

// searched waits until the start knows the releases in the cluster.
func (p *person) searched() *person {
	p.t.Helper()
	return p.until("the releases", func() bool { return !p.m.screens[stepStart].(*start).search.running() })
}

// withReleases stays at the start, in a cluster with releases.
func withReleases(o *Options) {
	s := o.Engine.(*stage)
	s.releases = someReleases
	s.existing = &Existing{Chart: "zenml 0.84.3", Status: "deployed"}
	s.imported.Database.Type = answers.SQLiteDatabase
	o.Output = atStart
}

// repairs goes to the confirmation of a repair.
func repairs(p *person) *person {
	p.stage.releases, p.stage.existing = someReleases, &Existing{Chart: "zenml 0.98.1", Status: "failed"}
	p.sees("https://127.0.0.1:16443").press("esc").sees("in namespace ml").press("v").sees("› Repair").press("enter")
	return p.sees("› Yes, repair tracking with the release's settings", "chart 0.98.1 again")
}

func TestStartDoesNotWaitForReleases(t *testing.T) {
	p := newPerson(t, withReleases, func(o *Options) { o.Engine.(*stage).search = make(chan struct{}) })
	p.sees("› Try it out", "Looking for ZenML in the cluster…")
	close(p.stage.search)
	p.sees("Upgrade or repair zenml-server 0.84.3 in namespace zenml", "deployed 41d ago, found on sandbox",
		"› Try it out") // the cursor has not moved
}

func TestUpgradeOfReleaseFound(t *testing.T) {
	p := newPerson(t, withReleases).sees("in namespace zenml").press("u").sees("› Upgrade or change settings")
	p.press("1")
	p.sees("› Yes, upgrade zenml-server with the release's settings").press("enter")
	p.sees("Create namespace zenml on sandbox", "in 1.2s")
	a := p.m.responses.Answers()
	if a.Cluster.Namespace != "zenml" || a.Chart.Version != "" {
		t.Errorf("%+v %+v", a.Cluster, a.Chart)
	}
}

func TestRepairOfReleaseFound(t *testing.T) {
	p := newPerson(t, withReleases).sees("in namespace ml").press("v", "enter")
	p.sees("› Yes, repair tracking with the release's settings").press("enter")
	p.sees("Create namespace ml on sandbox", "in 1.2s")
	if a := p.m.responses.Answers(); a.Cluster.Release != "tracking" || a.Chart.Version != "0.98.1" {
		t.Errorf("%+v %+v", a.Cluster, a.Chart)
	}
}

// A release that was picked for a repair leaves its chart version if another one becomes
// the target, and gets it back.
func TestRepairOfOtherTarget(t *testing.T) {
	p := newPerson(t, withReleases).sees("in namespace ml").press("v", "enter")
	p.sees("› Yes, repair tracking")
	version := func(release string) string {
		p.m.responses.Type("cluster.release", release)
		p.m.screens["Cluster"].(*cluster).describe()
		return p.m.responses.Answers().Chart.Version
	}
	for _, c := range [][2]string{{"other", ""}, {"tracking", "0.98.1"}, {"other", ""}} {
		if got := version(c[0]); got != c[1] {
			t.Errorf("chart version %q for release %s, want %q", got, c[0], c[1])
		}
	}
}

// A release that was picked and not confirmed leaves no answers.
func TestReleaseNotConfirmed(t *testing.T) {
	p := newPerson(t, withReleases).sees("in namespace ml").press("v").sees("› Repair").press("esc")
	p.sees("Try it out").press("v", "enter").to(guardKey).sees("Yes, repair tracking")
	for p.m.at != stepStart {
		p.press("shift+tab")
	}
	p.press("s").sees("https://127.0.0.1:16443").to(guardKey).sees("with the defaults")
	a := p.m.responses.Complete()
	if a.Cluster.Namespace != answers.DefaultRelease || a.Chart.Version != "" {
		t.Errorf("%+v %+v", a.Cluster, a.Chart)
	}
}

func TestReleaseFoundLeavesForCommand(t *testing.T) {
	for key, want := range map[string]string{"c": "connect", "s": "status", "x": "uninstall"} {
		p := newPerson(t, withReleases).sees("in namespace ml").press("v").sees("› Repair").press(key).leaves()
		outcome := p.m.outcomeWithAnswers()
		if outcome.Command != want || outcome.Ending != Left || outcome.Answers.Cluster.Release != "tracking" {
			t.Errorf("%s: %+v", key, outcome)
		}
	}
}
