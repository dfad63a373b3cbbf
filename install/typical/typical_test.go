package typical

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/zenml-installer/zenml-installer/install/event"
)

var (
	first = Run{Database: "sqlite"}.Kind()
	mysql = Run{Database: "mysql"}.Kind()
	newer = Run{Database: "mysql", Upgrade: true, NewVersion: true}.Kind()
)

// run records a run whose step "release" takes so long, and returns its events.
func run(f File, kind Kind, release time.Duration) []event.Event {
	var events []event.Event
	r := f.Start(kind, func(e event.Event) { events = append(events, e) })
	r.Observe(event.StepStarted{Step: "state", Title: "check release"})
	r.Observe(event.StepFinished{Step: "state", Duration: 200 * time.Millisecond})
	r.Observe(event.StepStarted{Step: "release", Title: "install release"})
	r.Observe(event.StepFinished{Step: "release", Duration: release})
	r.Succeeded(release + 5*time.Second)
	return events
}

// usual returns what the events say about the run and its step "release".
func usual(events []event.Event) (total, release time.Duration) {
	for _, e := range events {
		switch e := e.(type) {
		case event.RunStarted:
			total = e.Typical
		case event.StepStarted:
			if e.Step == "release" {
				release = e.Typical
			}
		}
	}
	return total, release
}

func TestTypical(t *testing.T) {
	f := File(filepath.Join(t.TempDir(), "state", "durations.json"))
	initial := run(f, first, 30*time.Second)
	want := []event.Event{
		event.StepStarted{Step: "state", Title: "check release"},
		event.StepFinished{Step: "state", Duration: 200 * time.Millisecond},
		event.StepStarted{Step: "release", Title: "install release"},
		event.StepFinished{Step: "release", Duration: 30 * time.Second},
	}
	if diff := cmp.Diff(want, initial); diff != "" {
		t.Errorf("the first run: %s", diff)
	}
	run(f, first, 10*time.Minute) // one slow run is not usual
	events := run(f, first, 32*time.Second)
	run(f, first, 34*time.Second)
	if e := events[1].(event.StepStarted); e.Step != "state" || e.Typical != 0 {
		t.Errorf("a step of 0.2s: %+v", e)
	}
	if total, release := usual(run(f, first, time.Second)); total != 39*time.Second || release != 34*time.Second {
		t.Errorf("usually %s in all, %s for the release", total, release)
	}
	for _, other := range []Kind{mysql, newer, "upgrade-mysql"} {
		if total, release := usual(run(f, other, time.Second)); total != 0 || release != 0 {
			t.Errorf("the first %s: %s, %s", other, total, release)
		}
	}
	if newer != "upgrade-mysql-version" {
		t.Errorf("a new version is a run of kind %s", newer)
	}
	if info, err := os.Stat(string(f)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
}

// TestOnlySuccessIsKept keeps nothing of a run that fails.
func TestOnlySuccessIsKept(t *testing.T) {
	f := File(filepath.Join(t.TempDir(), "durations.json"))
	r := f.Start(first, nil)
	r.Observe(event.StepFinished{Step: "release", Duration: time.Minute})
	if _, err := os.Stat(string(f)); !os.IsNotExist(err) {
		t.Error(err)
	}
	File("").Start(first, nil).Succeeded(time.Minute)
}

// TestOldRunsAreForgotten keeps the latest runs.
func TestOldRunsAreForgotten(t *testing.T) {
	f := File(filepath.Join(t.TempDir(), "durations.json"))
	for range maxRuns {
		run(f, first, time.Hour)
	}
	for range maxRuns {
		run(f, first, 20*time.Second)
	}
	content, err := os.ReadFile(string(f))
	if err != nil || strings.Count(string(content), "totalMs") != maxRuns || strings.Contains(string(content), "3600000") {
		t.Errorf("%v\n%s", err, content)
	}
}

// TestDamagedFile ignores a file that is not the installer's, and replaces it.
func TestDamagedFile(t *testing.T) {
	for name, content := range map[string]string{
		"cut off":    `{"install-sqlite":[{"totalMs":30000,"steps`,
		"other data": `{"install-sqlite":7}`,
		"empty":      "",
		"null":       "null",
		"too large":  `{"install-sqlite":[{"totalMs":30000}]}` + strings.Repeat(" ", maxSize),
	} {
		f := File(filepath.Join(t.TempDir(), "durations.json"))
		if err := os.WriteFile(string(f), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if total, release := usual(run(f, first, 9*time.Second)); total != 0 || release != 0 {
			t.Errorf("%s: %s, %s", name, total, release)
		}
		if total, release := usual(run(f, first, time.Second)); total != 14*time.Second || release != 9*time.Second {
			t.Errorf("%s, afterwards: %s, %s", name, total, release)
		}
	}
}
