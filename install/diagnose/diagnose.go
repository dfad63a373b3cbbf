// Package diagnose identifies the cause of a failed install: from an object's
// status or an event (rules.go), and from a container's log (log_rules.go). A
// new fault is a new row.
package diagnose

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Problem is a problem that a status or an event reports.
type Problem struct {
	Reason   string // as reported by Kubernetes
	Text     string // its message
	Image    string // the container's, if any
	Ended    string // how the container last ended ("OOMKilled", "Error")
	Exit     int32
	Restarts int32
}

// Diagnosis is an identified problem.
type Diagnosis struct {
	Name    string // of the matching row; empty for a MySQL error number
	Summary string // what failed
	Reason  string // the cluster's or the database's message; may be empty
	Remedy  string
	Grace   time.Duration // how long it may last before it stops the install
	Lasting bool          // it does not resolve within a minute unless someone acts
}

// Forever is the grace period of problems that may resolve: they are reported,
// and the install keeps waiting.
const Forever time.Duration = -1

// SeeLog is the remedy for a problem that only the container's log explains.
const SeeLog = "the last log lines say why"

// Text returns the summary and the reason.
func (d Diagnosis) Text() string { return join(d.Summary, d.Reason) }

func join(summary, reason string) string {
	if reason == "" {
		return summary
	}
	return summary + ": " + reason
}

// FromProblem returns the diagnosis of the first matching rule.
func FromProblem(p Problem) (Diagnosis, bool) {
	said := phrases(p)
	i := slices.IndexFunc(rules, func(r rule) bool { return r.matches(p, said) })
	if i < 0 {
		return Diagnosis{}, false
	}
	r := rules[i]
	fill := strings.NewReplacer("{image}", cmp.Or(p.Image, "of the pod"), "{text}", Shorten(p.Text))
	return Diagnosis{
		Name: r.name, Summary: fill.Replace(r.summary), Reason: fill.Replace(r.reason), Remedy: r.remedy,
		Grace: r.grace, Lasting: r.lasting,
	}, true
}

func (r rule) matches(p Problem, said string) bool {
	return (len(r.reasons) == 0 || slices.Contains(r.reasons, p.Reason)) &&
		(len(r.contains) == 0 || slices.ContainsFunc(r.contains, func(s string) bool { return strings.Contains(said, s) })) &&
		(r.fits == nil || r.fits(p))
}

// Shorten truncates a message to a readable length.
func Shorten(text string) string {
	const most = 400
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}
