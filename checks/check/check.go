// Package check is the kernel of the preflight checks: it defines a check, runs
// a table of them and collects the results. It also contains helpers that the
// groups of checks share.
//
// Checks depend on each other by id and run concurrently. A fact that several
// checks need is fetched once (Memo). The package reports to an Observer and
// returns a Report; it never prints, prompts or reads the environment.
package check

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// Severity is the severity of a check's faults.
type Severity string

// The severities.
const (
	MustPass   Severity = "fail" // the install would fail or be insecure
	ShouldPass Severity = "warn" // the install works, but the user should know
)

// Check verifies one claim that the install relies on.
type Check struct {
	// ID is "group.name". Ids are public, because scripts use them; never reuse one.
	ID string
	// Claim is what the check asserts, positive and in lower case: "the user
	// can log in".
	Claim string
	// Failure is the sentence for a failed check: "the user cannot log in".
	Failure string
	// Severity is the severity of its faults, unless a Fault is a warning.
	Severity Severity
	// Needs lists the checks that must pass before this one makes sense.
	Needs []string
	// Limit is the time limit, including retries of transient faults. Zero means
	// DefaultLimit.
	Limit time.Duration
	// Writes is true if the check creates something, even temporarily.
	// Options.ReadOnly skips such a check.
	Writes bool
	// Notices describes what the check creates temporarily in accounts outside
	// the cluster, for the user to read before the run; nil if nothing. The
	// answers are complete.
	Notices func(answers.Answers) []string
	// Answers lists the keys of the answers that may have to change when the
	// check fails, the likeliest first.
	Answers []string
	// SettledBy is the check whose success turns this check's local network
	// faults (Fault.Local) into warnings, because the server does not run on
	// this machine.
	SettledBy string
	// When returns why the check does not apply, or "" if it does.
	When func(*Env) (skip string)
	// Run returns what it found, in a few words, if the claim holds. An error is
	// the fault: a *Fault brings its remedy and reason, Skip reports that the
	// claim could not be checked, and AsFault describes any other error.
	Run func(context.Context, *Env) (found string, err error)

	// Reason is the consequence of a failure.
	Reason string
	// Finds lists the faults that the check detects, for its page.
	Finds []string
	// Accepts lists healthy set-ups that look unusual and must not fail the check, for
	// its page. A test passes each to checktest.Accept.
	Accepts []string
}

// DefaultLimit is the time limit of a check that does not set one.
const DefaultLimit = 30 * time.Second

// Group is the first part of the id.
func (c Check) Group() string {
	group, _, _ := strings.Cut(c.ID, ".")
	return group
}

// DocsBase is the URL under which the pages of docs/checks are published.
const DocsBase = "https://github.com/zenml-installer/zenml-installer/blob/main/docs/checks/"

// Docs returns the URL of the check's section in docs/checks.
func (c Check) Docs() string { return DocsBase + c.Group() + ".md#" + c.ID }

// TimeLimit returns the time limit of the check, or the default one.
func (c Check) TimeLimit() time.Duration {
	if c.Limit > 0 {
		return c.Limit
	}
	return DefaultLimit
}

// Find returns the check of a table with that id.
func Find(table []Check, id string) (Check, bool) {
	i := slices.IndexFunc(table, func(c Check) bool { return c.ID == id })
	if i < 0 {
		return Check{}, false
	}
	return table[i], true
}
