package check

import (
	"time"
)

// Status is how a check ended.
type Status string

// The ways in which a check ends.
const (
	Pass    Status = "pass"
	Warned  Status = "warn"
	Failed  Status = "fail"
	Skipped Status = "skip"
)

// Result is how one check ended.
type Result struct {
	Check   Check
	Status  Status
	Message string // what was found, or why it was skipped
	Why     string // why it matters; only with a fault
	Hint    string // the remedy, to be copied; may have several lines
	// Softened tells that --warn-only turned a failure into this warning.
	Softened bool
	Duration time.Duration
	// Left is what the check made and could not remove again; Message and Hint
	// say so.
	Left []Leftover

	blocks  bool // what needs this check has no meaning
	held    bool // the claim holds, whatever was left behind
	refuted bool // the claim does not hold, although the result is a warning
}

// Refuted returns true if the claim does not hold. A warning may also be about
// a detail of a claim that holds; then only its Message says what it is.
func (r Result) Refuted() bool { return r.Status == Failed || r.Softened || r.refuted }

// Title names how the check ended in one line: the failure when the claim does
// not hold, the id for a warning about a detail, else the claim.
func (r Result) Title() string {
	switch {
	case r.Refuted():
		return r.Check.Failure
	case r.Status == Warned:
		return r.Check.ID
	}
	return r.Check.Claim
}

// Report is how a run ended.
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

// Verdict is the worst that was found: Failed, else Warned, else Pass.
// By contract a command ends with 3 on Failed, and with 4 on Warned when it
// was called with --fail-on warn.
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

// Left is everything that checks made and could not remove again.
func (r Report) Left() []Leftover {
	var all []Leftover
	for _, result := range r.Results {
		all = append(all, result.Left...)
	}
	return all
}

// Serial is the time that the checks took one by one, added up.
func (r Report) Serial() time.Duration {
	var sum time.Duration
	for _, result := range r.Results {
		sum += result.Duration
	}
	return sum
}

// Event tells an observer that a check starts (Result is nil) or has ended.
type Event struct {
	Check  Check
	Result *Result
}

// Observer is told what happens, as it happens, one event at a time. It must
// not wait long: the checks wait for it.
type Observer func(Event)
