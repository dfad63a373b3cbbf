// Package typical keeps how long the steps of successful runs took on this
// machine, so that the next run can say what is usual. The file contains
// durations and the names of steps, and nothing about a cluster or a release.
package typical

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/zenml-installer/zenml-installer/install/event"
)

// Run is what the duration of a run depends on.
type Run struct {
	Upgrade    bool   // of a release
	Database   string // the type: "sqlite"
	NewVersion bool   // of the chart, which migrates the database
}

// Kind is a kind of run; each has durations of its own.
type Kind string

// Kind returns the kind of the run: "install-mysql", "upgrade-sqlite-version".
func (r Run) Kind() Kind {
	parts := []string{"install", r.Database}
	if r.Upgrade {
		parts[0] = "upgrade"
		if r.NewVersion {
			parts = append(parts, "version")
		}
	}
	return Kind(strings.Join(parts, "-"))
}

// File is the file that keeps the durations. The zero value keeps nothing.
type File string

const (
	maxRuns = 10       // the latest ones of each kind are kept
	maxSize = 64 << 10 // a larger file is not the installer's own
	shown   = time.Second
)

// timing is how long a run took, in milliseconds.
type timing struct {
	Total int64            `json:"totalMs"`
	Steps map[string]int64 `json:"stepsMs"`
}

// read returns the earlier runs. A file that is missing or damaged has none.
func (f File) read() map[Kind][]timing {
	known := map[Kind][]timing{}
	info, err := os.Stat(string(f))
	if err != nil || info.Size() > maxSize {
		return known
	}
	content, err := os.ReadFile(string(f))
	if err != nil || json.Unmarshal(content, &known) != nil || known == nil {
		return map[Kind][]timing{}
	}
	return known
}

// add keeps a run. Errors are ignored: a full disk must not fail an install.
func (f File) add(kind Kind, t timing) {
	known := f.read()
	known[kind] = append(known[kind], t)
	known[kind] = known[kind][max(len(known[kind])-maxRuns, 0):]
	content, err := json.Marshal(known)
	if err != nil || os.MkdirAll(filepath.Dir(string(f)), 0o700) != nil {
		return
	}
	_ = os.WriteFile(string(f), content, 0o600)
}

// Recorder measures the steps of a run and adds to its events what is usual.
type Recorder struct {
	file    File
	kind    Kind
	earlier []timing
	steps   map[string]int64
	next    event.Observer
}

// Start begins a run, whose events are passed on to next, which may be nil.
func (f File) Start(kind Kind, next event.Observer) *Recorder {
	r := &Recorder{file: f, kind: kind, steps: map[string]int64{}, next: next}
	if f != "" {
		r.earlier = f.read()[kind]
	}
	if total := r.usual(func(t timing) (int64, bool) { return t.Total, true }); total > 0 {
		r.pass(event.RunStarted{Typical: total})
	}
	return r
}

// Observe is an observer of the run.
func (r *Recorder) Observe(e event.Event) {
	switch e := e.(type) {
	case event.StepStarted:
		e.Typical = r.usual(func(t timing) (int64, bool) { took, ok := t.Steps[e.Step]; return took, ok })
		r.pass(e)
		return
	case event.StepFinished:
		r.steps[e.Step] = e.Duration.Milliseconds()
	}
	r.pass(e)
}

func (r *Recorder) pass(e event.Event) {
	if r.next != nil {
		r.next(e)
	}
}

// Succeeded keeps the durations of a run that succeeded. Others say nothing about
// what is usual.
func (r *Recorder) Succeeded(total time.Duration) {
	if r.file != "" {
		r.file.add(r.kind, timing{Total: total.Milliseconds(), Steps: r.steps})
	}
}

// usual returns the median of the earlier runs, or 0 if there are none or if it is
// too short to be shown.
func (r *Recorder) usual(of func(timing) (int64, bool)) time.Duration {
	var all []int64
	for _, t := range r.earlier {
		if took, ok := of(t); ok {
			all = append(all, took)
		}
	}
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	median := time.Duration(all[len(all)/2]) * time.Millisecond
	if median < shown {
		return 0
	}
	return median
}
