package values

import (
	"slices"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/chartinfo"
	"github.com/zenml-installer/zenml-installer/internal/tree"
)

// isAsked reports whether a given answer asks for the setting. Otherwise it is a
// default, or the installer adds it by itself.
func (d *draft) isAsked(s *setting) bool {
	return s.lost == "" && slices.ContainsFunc(s.answers, d.isGiven)
}

// isGiven reports whether an answer is given. A part of one that has no field of
// its own, such as one variable of the environment, is there only if it is.
func (d *draft) isGiven(key string) bool {
	_, isField := answers.FieldByKey(key)
	return !isField || d.given.Get(key) != ""
}

// warning is the fault of a setting that no answer asks for.
func (d *draft) warning(check string, s *setting, problem string) answers.Fault {
	w := answers.Fault{Check: check, Summary: problem, Warning: true,
		Remedy: "use another chart version (chart.version) if you need it"}
	if s.lost != "" {
		w.Summary += ", which the installer adds: " + s.lost
	} else {
		w.Summary += ", which is the default of " + s.answers[0]
	}
	return w
}

// remedyWithout is what to do when the chart has no effect for the answer at
// key. name is the server's setting that is missing, or empty.
func (d *draft) remedyWithout(key, name string) string {
	remedy := "use ZenML's published chart (chart.ref: " + answers.DefaultChart + ")"
	switch {
	case name != "" && !chartinfo.IsNewEnough(d.chart, name):
		remedy = "use a chart that is " + chartinfo.VersionsWith(name) + " (chart.version)"
	case d.chart.Ref == answers.DefaultChart:
		remedy = "use another version of the chart (chart.version)"
	}
	if f, ok := answers.FieldByKey(key); ok && f.Required(d.a) {
		return remedy
	}
	return remedy + ", or remove " + key
}

// effectless is the fault of a setting whose effect the objects do not show.
func (d *draft) effectless(s *setting, claim string) answers.Fault {
	if !d.isAsked(s) {
		problem := d.chartName() + " does not apply "
		if len(s.path) > 0 {
			problem += tree.Dotted(s.path)
		} else {
			problem += s.answers[0] + ": " + d.a.Get(s.answers[0])
		}
		w := d.warning(CheckEffect, s, problem)
		w.Summary += " (expected: " + claim + ")"
		return w
	}
	fault := answers.Fault{
		Check:   CheckEffect,
		Key:     s.answers[0],
		Summary: "it has no effect: expected in the objects that " + d.chartName() + " renders: " + claim,
		Remedy:  d.remedyWithout(s.answers[0], ""),
	}
	if len(s.path) > 0 {
		fault.Summary += " (" + tree.Dotted(s.path) + ")"
	}
	return fault
}
