// Package check is the kernel of the preflight checks: what a check is, how a
// table of them runs, and what it reports. It also holds what the groups of
// checks share.
//
// Checks depend on each other by id and run concurrently; facts that several
// of them need are asked for once (Memo). The package reports to an Observer
// and returns a Report; it never prints, prompts or reads the environment by
// itself.
package check

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// Severity is what a fault that a check finds counts as.
type Severity string

// The severities.
const (
	MustPass   Severity = "fail" // the install would fail, or be unsafe
	ShouldPass Severity = "warn" // the install works; the user should know
)

// Check is one claim about the world that the install relies on.
type Check struct {
	// ID is "group.name". Ids are public: scripts name them; none is reused.
	ID string
	// Claim is what the check asserts, positive and in lower case: "the user
	// can log in".
	Claim string
	// Failure is the sentence for a claim that does not hold: "the user cannot
	// log in".
	Failure string
	// Severity is what its faults count as, unless a Fault says it is a warning.
	Severity Severity
	// Needs names the checks without whose success this one has no meaning.
	Needs []string
	// Limit is its time limit, retries of transient faults included;
	// DefaultLimit when zero.
	Limit time.Duration
	// Writes tells that it writes something, even if it removes it again.
	// Such a check is skipped by Options.ReadOnly.
	Writes bool
	// Notices says what it writes into accounts outside the cluster for a
	// moment, for a person to read before the run; nil when it never does. The
	// answers are complete.
	Notices func(answers.Answers) []string
	// Answers lists the keys of the answers that may have to change when the
	// check fails, the likeliest first.
	Answers []string
	// SettledBy names the check whose success makes a warning of this one's
	// faults of the local network (Fault.Local): the server does not run here.
	SettledBy string
	// When says why the check has no meaning here, or nothing when it has.
	When func(*Env) (skip string)
	// Run returns what it found, in a few words, when the claim holds. An
	// error is the fault: a *Fault names remedy and reason, Skip says that the
	// claim could not be checked, any other error is reported as it is.
	Run func(context.Context, *Env) (found string, err error)

	// Why says what goes wrong in the field when the claim does not hold.
	Why string
	// Finds lists the faults that the check tells apart, for its page.
	Finds []string
}

// DefaultLimit is the time limit of a check that sets none.
const DefaultLimit = 15 * time.Second

// Group is the first part of the id.
func (c Check) Group() string {
	group, _, _ := strings.Cut(c.ID, ".")
	return group
}

// DocsBase is the address below which the pages of docs/checks are published.
const DocsBase = "https://github.com/zenml-installer/zenml-installer/blob/main/docs/checks/"

// Docs is the address of the check's own section in docs/checks.
func (c Check) Docs() string { return DocsBase + c.Group() + ".md#" + c.ID }

// TimeLimit is the time limit of the check, the default one included.
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
