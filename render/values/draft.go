package values

import (
	"fmt"
	"strings"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/chartinfo"
	"github.com/zenml-installer/zenml-installer/internal/tree"
	"github.com/zenml-installer/zenml-installer/render/proof"
)

// draft collects the settings of all sections.
type draft struct {
	a        answers.Answers // with defaults
	given    answers.Answers // without defaults
	chart    chartinfo.Info
	layout   chartinfo.Layout
	settings Settings

	// needsGroup is the key of the answer that requests a volume, which the
	// pods' fsGroup must own.
	needsGroup string

	values []*setting
	blocks []block
	needs  []Need
	faults answers.Faults
	// ignored are warnings about settings that the chart does not have and no
	// answer asks for.
	ignored answers.Faults
}

func newDraft(a answers.Answers, c chartinfo.Info, s Settings) (*draft, error) {
	layout, err := c.Layout()
	if err != nil {
		return nil, err
	}
	d := &draft{a: a.Complete(), given: a, chart: c, layout: layout, settings: s}
	for _, section := range sections {
		section(d)
	}
	d.refuseUnknown()
	return d, nil
}

// server returns the path of a server setting, whose root key depends on the
// chart's generation. name is dotted: "database.url".
func (d *draft) server(name string) []string {
	return append([]string{d.layout.Root}, strings.Split(name, ".")...)
}

// set adds a server setting; from lists the keys of its answers.
func (d *draft) set(name string, value any, from ...string) *setting {
	return d.setTop(tree.Dotted(d.server(name)), value, from...)
}

// setTop adds a setting outside the server's root key.
func (d *draft) setTop(name string, value any, from ...string) *setting {
	s := &setting{path: strings.Split(name, "."), value: value, answers: from}
	d.values = append(d.values, s)
	return s
}

// comment adds a comment above the server setting name.
func (d *draft) comment(name, text string) {
	d.blocks = append(d.blocks, block{d.server(name), text})
}

// fault records that the chart does not support an answer.
func (d *draft) fault(key, problem, remedy string) {
	d.faults = append(d.faults, answers.Fault{Check: CheckValues, Key: key, Summary: problem, Remedy: remedy})
}

// refuseUnknown records a fault for every setting that the chart silently
// ignores. Settings that no answer asks for are dropped with a warning.
func (d *draft) refuseUnknown() {
	var kept []*setting
	for _, s := range d.values {
		switch {
		case len(s.path) == 0 || d.knows(s.path):
			kept = append(kept, s)
		case d.isAsked(s):
			kept = append(kept, s)
			d.fault(s.answers[0], d.chartName()+" has no "+tree.Dotted(s.path)+" and would silently ignore it",
				d.remedyWithout(s.answers[0], d.belowRoot(s.path)))
		default:
			d.ignored = append(d.ignored, d.warning(CheckValues, s, d.chartName()+" has no "+tree.Dotted(s.path)))
		}
	}
	d.values = kept
}

// belowRoot is a path of the values as the server's settings are named.
func (d *draft) belowRoot(path []string) string {
	return strings.TrimPrefix(tree.Dotted(path), d.layout.Root+".")
}

// has reports whether the chart has the server setting name.
func (d *draft) has(name string) bool { return d.knows(d.server(name)) }

// refersToSecrets reports whether the chart can set a server variable from an
// existing Secret.
func (d *draft) refersToSecrets() bool { return d.has("environmentSecretKeyRefs") }

// commentTop adds a comment above a setting outside the server's root key.
func (d *draft) commentTop(name, text string) {
	d.blocks = append(d.blocks, block{strings.Split(name, "."), text})
}

// proveOnly adds proofs for an answer that sets no chart value.
func (d *draft) proveOnly(key string, proofs ...proof.Proof) {
	d.values = append(d.values, (&setting{answers: []string{key}}).prove(proofs...))
}

// supports reports whether the chart has the server setting that the answer at
// key needs, and records a fault if not.
func (d *draft) supports(name, key, cannot string) bool {
	if d.has(name) {
		return true
	}
	d.fault(key, fmt.Sprintf("%s %s: it has no %s", d.chartName(), cannot, tree.Dotted(d.server(name))),
		d.remedyWithout(key, name))
	return false
}

func (d *draft) chartName() string { return d.chart.String() }

// knows reports whether the chart reads the value at path.
func (d *draft) knows(path []string) bool { return chartinfo.Knows(d.chart, d.layout, path) }
