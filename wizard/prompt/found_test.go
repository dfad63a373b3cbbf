package prompt

import (
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/wizard"
)

// withReleases returns an engine of a cluster with a release that has failed.
func withReleases() *engine {
	e := newEngine()
	e.releases = []wizard.Found{{Context: "sandbox", Namespace: "ml", Release: "tracking", Version: "0.98.1",
		ChartVersion: "0.98.1", Status: "failed", NeedsRepair: true}}
	e.existing = &wizard.Existing{Chart: "zenml 0.98.1", Status: "failed"}
	e.imported.Database.Type = answers.SQLiteDatabase
	return e
}

func TestRepairRelease(t *testing.T) {
	e := withReleases()
	outcome, c, err := converse(t, e, script{howToBegin: {"7", "ml/tracking"},
		"What to do": {"<", "nonsense", "repair"},
		"Nothing has been written yet. Repair tracking in sandbox?": {"yes"}})
	if err != nil || outcome.Ending != wizard.Installed {
		t.Fatalf("%v %+v\n%s", err, outcome, c.said.String())
	}
	a := e.installed
	if a.Cluster.Release != "tracking" || a.Cluster.Namespace != "ml" || a.Chart.Version != "0.98.1" ||
		a.Database.Type != answers.SQLiteDatabase {
		t.Errorf("%+v %+v", a.Cluster, a.Chart)
	}
	if c.count("Namespace") > 0 || c.count("Start from its") > 0 || c.count("Database") > 0 {
		t.Errorf("it asks for what the release says: %q", c.asked)
	}
	for _, text := range []string{"7) Upgrade or repair tracking 0.98.1 in namespace ml: failed, found on sandbox",
		"1) Repair: Install chart 0.98.1 again", `That is not one of the choices: enter a number from 1 to 5`} {
		if !strings.Contains(c.said.String(), text) {
			t.Errorf("missing %q in\n%s", text, c.said.String())
		}
	}
}

func TestUpgradeRelease(t *testing.T) {
	e := withReleases()
	_, c, err := converse(t, e, script{howToBegin: {"7"}, "What to do": {"u"},
		"Nothing has been written yet. Upgrade tracking in sandbox?": {"yes"}})
	if err != nil || e.installed.Cluster.Release != "tracking" || e.installed.Chart.Version != "" {
		t.Errorf("%v %+v\n%s", err, e.installed, c.said.String())
	}
}

func TestCommandForRelease(t *testing.T) {
	for line, command := range map[string]string{"uninstall": "uninstall", "x": "uninstall", "status": "status",
		"show": "status", "3": "connect"} {
		outcome, c, err := converse(t, withReleases(), script{howToBegin: {"7"}, "What to do": {line}})
		if err != nil || outcome.Command != command || outcome.Answers.Cluster.Release != "tracking" {
			t.Errorf("%s: %v %+v\n%s", line, err, outcome, c.said.String())
		}
	}
}

// TestRepairOtherRelease gives another release than the one to repair no chart version.
func TestRepairOtherRelease(t *testing.T) {
	e := withReleases()
	_, c, err := converse(t, e, script{howToBegin: {"7"}, "What to do": {"repair"},
		"Nothing has been written yet. Repair tracking in sandbox?": {"no"}, "Release": {"other"},
		"Nothing has been written yet. Upgrade other in sandbox?": {"yes"}})
	if err != nil || e.installed.Cluster.Release != "other" || e.installed.Chart.Version != "" {
		t.Errorf("%v %+v\n%s", err, e.installed, c.said.String())
	}
}
