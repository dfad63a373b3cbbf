// Package diagnose names what is wrong with an install: from the status of an
// object or an event (rules.go), and from the log of a container
// (log_rules.go). A new fault is a new row.
package diagnose

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Problem is what a status or an event reports.
type Problem struct {
	Reason   string // as Kubernetes calls it
	Text     string // the message with it
	Image    string // the container's, if there is one
	Ended    string // how the container last ended ("OOMKilled", "Error")
	Exit     int32
	Restarts int32
}

// Diagnosis is a named problem.
type Diagnosis struct {
	Name    string // the row that matched; empty for a MySQL error number
	Summary string // what failed
	Reason  string // why, in the cluster's or the database's words; may be empty
	Remedy  string
	Grace   time.Duration // how long it may last before it ends the install
}

// Forever is the grace of problems that may pass: they are shown, and the
// install waits for them.
const Forever time.Duration = -1

// SeeLog is the remedy of a problem that only the container's log explains.
const SeeLog = "the last log lines say why"

// Text returns the summary and the reason.
func (d Diagnosis) Text() string { return join(d.Summary, d.Reason) }

func join(summary, reason string) string {
	if reason == "" {
		return summary
	}
	return summary + ": " + reason
}

// FromProblem returns the diagnosis of the first rule that matches.
func FromProblem(p Problem) (Diagnosis, bool) {
	said := phrases(p)
	i := slices.IndexFunc(rules, func(r rule) bool { return r.matches(p, said) })
	if i < 0 {
		return Diagnosis{}, false
	}
	r := rules[i]
	fill := strings.NewReplacer("{image}", cmp.Or(p.Image, "of the pod"), "{text}", Shorten(p.Text))
	return Diagnosis{
		Name: r.name, Summary: fill.Replace(r.summary), Reason: fill.Replace(r.reason), Remedy: r.remedy, Grace: r.grace,
	}, true
}

func (r rule) matches(p Problem, said string) bool {
	return (len(r.reasons) == 0 || slices.Contains(r.reasons, p.Reason)) &&
		(len(r.contains) == 0 || slices.ContainsFunc(r.contains, func(s string) bool { return strings.Contains(said, s) })) &&
		(r.fits == nil || r.fits(p))
}

// Shorten cuts a message to a readable length.
func Shorten(text string) string {
	const most = 400
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}
