package check

import (
	"time"

	"github.com/zenml-installer/zenml-installer/internal/display"
)

// Status is the outcome of a check.
type Status string

// The outcomes of a check.
const (
	Pass    Status = "pass"
	Warned  Status = "warn"
	Failed  Status = "fail"
	Skipped Status = "skip"
)

// Result is the result of one check.
type Result struct {
	Check   Check
	Status  Status
	Message string // what was found, or why it was skipped
	Reason  string // why it matters; only for a fault
	Remedy  string // the remedy, to copy; may have several lines
	Fix     Fix    // the change of answers that resolves the fault, if one is obvious
	// Unknown is true if the check ran and could not tell, or was interrupted. Other
	// checks were skipped because they do not apply, or because of another result.
	Unknown bool
	// Softened is true if --warn-only turned a failure into this warning.
	Softened bool
	Duration time.Duration
	// Left is what the check created and could not remove; Message and Remedy
	// include it.
	Left []Leftover

	blocks  bool // the checks that need this one are skipped
	passed  bool // the claim holds, despite leftovers
	refuted bool // the check failed, although the result is a warning
}

// Refuted reports whether the claim is false. A warning may instead be about a
// detail of a true claim; then only its Message describes it.
func (r Result) Refuted() bool { return r.Status == Failed || r.Softened || r.refuted }

// Title describes the result in one line: the failure if the claim is false,
// the id for a warning about a detail, otherwise the claim.
func (r Result) Title() string {
	switch {
	case r.Refuted():
		return r.Check.Failure
	case r.Status == Warned:
		return r.Check.ID
	}
	return r.Check.Claim
}

// Report is the result of a run.
type Report struct {
	Results  []Result // in the order of the table
	Duration time.Duration
}

// Summary counts the results.
type Summary struct {
	Passed, Warned, Failed, Skipped int
	Duration                        time.Duration
}

// Summary counts the results by status.
func (r Report) Summary() Summary {
	s := Summary{Duration: r.Duration}
	for _, result := range r.Results {
		switch result.Status {
		case Pass:
			s.Passed++
		case Warned:
			s.Warned++
		case Failed:
			s.Failed++
		case Skipped:
			s.Skipped++
		}
	}
	return s
}

// Tally returns the counts for display.
func (r Report) Tally() display.Tally {
	s := r.Summary()
	return display.Tally{Passed: s.Passed, Warnings: s.Warned, Failed: s.Failed, Skipped: s.Skipped}
}

// Verdict returns the worst status: Failed, otherwise Warned, otherwise Pass. A
// command exits with 3 on Failed, and with 4 on Warned if --fail-on is warn.
func (r Report) Verdict() Status {
	switch s := r.Summary(); {
	case s.Failed > 0:
		return Failed
	case s.Warned > 0:
		return Warned
	}
	return Pass
}

// ByID returns the result of a check.
func (r Report) ByID(id string) (Result, bool) {
	for _, result := range r.Results {
		if result.Check.ID == id {
			return result, true
		}
	}
	return Result{}, false
}

// Left returns everything that the checks created and could not remove.
func (r Report) Left() []Leftover {
	var all []Leftover
	for _, result := range r.Results {
		all = append(all, result.Left...)
	}
	return all
}

// Serial returns the sum of the durations of all checks.
func (r Report) Serial() time.Duration {
	var sum time.Duration
	for _, result := range r.Results {
		sum += result.Duration
	}
	return sum
}

// Event reports that a check starts (Result is nil) or ended.
type Event struct {
	Check  Check
	Result *Result
}

// Observer receives the events of a run, one at a time. It must return quickly,
// because the checks wait for it.
type Observer func(Event)
