package values

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/chartinfo"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/internal/tree"
	"github.com/zenml-installer/zenml-installer/render/proof"
)

// The preflight checks that report this package's faults.
const (
	CheckValues     = "supply.values"     // the chart supports every key that is set
	CheckEffect     = "supply.effect"     // every answer has an effect in the rendered objects
	CheckReferences = "supply.references" // every referenced Secret and key exists
)

// Prove verifies the effect of every answer in the objects rendered from
// doc.Map. It returns a fault for each answer without effect, each key that the
// chart does not support, and each referenced Secret that nothing creates.
// Defaults, and what the installer adds by itself, are warnings if they have no
// effect. Raw values override answers: an answer whose effect they changed
// passes.
func Prove(a answers.Answers, c chartinfo.Info, doc Document, objects []manifest.Object) answers.Faults {
	d := doc.draft
	faults := slices.Concat(d.ignored, d.unknown(nil, doc.Map))
	v := proof.NewView(objects)
	if v.Server == nil {
		return append(
			faults,
			answers.Fault{
				Check:   CheckEffect,
				Summary: d.chartName() + " rendered no server Deployment",
				Remedy:  "set chart.ref to a ZenML server chart",
			},
		)
	}
	for _, s := range d.values {
		if !s.enforced && (len(s.path) == 0 && d.overruled(s) || len(s.path) > 0 && overruled(a.Values, s.path)) {
			continue
		}
		for _, p := range s.proofs {
			if !p.Holds(v) {
				faults = append(faults, d.effectless(s, p.Claim))
			}
		}
	}
	faults = append(faults, d.broken(v)...)
	return append(append(faults, d.uncovered(a)...), d.missingSecrets(v)...)
}

// broken returns a fault for the output of a broken template: objects without a
// name, containers without an image.
func (d *draft) broken(v *proof.View) answers.Faults {
	var faults answers.Faults
	for _, o := range v.Objects {
		if o.GetName() == "" {
			faults = append(faults, d.brokenChart("a "+o.GetKind()+" without a name"))
		}
	}
	for _, p := range v.Pods() {
		if !p.Images(func(image string) bool { return image != "" }) {
			faults = append(faults, d.brokenChart("a container without an image in "+p.Name))
		}
	}
	return faults
}

func (d *draft) brokenChart(what string) answers.Fault {
	return answers.Fault{
		Check:   CheckEffect,
		Summary: d.chartName() + " renders " + what,
		Remedy:  "use another chart version (chart.version)",
	}
}

// uncovered returns a fault for every answer that no setting covers.
func (d *draft) uncovered(a answers.Answers) answers.Faults {
	var faults answers.Faults
	for _, f := range answers.Fields {
		if a.Get(f.Key) == "" || outsideTheChart(f.Key, d.a) || !f.Applies(d.a) || a.Get(f.Key) == f.Default {
			continue
		}
		if !slices.ContainsFunc(d.values, func(s *setting) bool { return s.concerns(f.Key) }) {
			faults = append(
				faults,
				answers.Fault{
					Check:   CheckEffect,
					Key:     f.Key,
					Summary: "no chart value is set for it",
					Remedy:  "remove it, or set the chart value below values",
				},
			)
		}
	}
	return faults
}

// outsideTheChart reports whether only the installer uses an answer.
func outsideTheChart(key string, a answers.Answers) bool {
	if key == "expose.after" || strings.HasPrefix(key, "admin.serviceAccount.") {
		return true
	}
	if a.Expose.Type == answers.ByGateway && strings.HasPrefix(key, "expose.tls.") {
		return true // it is about the Gateway that the installer creates
	}
	switch group, _, _ := strings.Cut(key, "."); group {
	case "cluster", "chart", "prerequisites", "values":
		return true
	case "admin":
		return a.Admin.Through != answers.ThroughEnvironment
	}
	return false
}

// overruled reports whether raw values changed what proves a setting that has
// no value of its own.
func (d *draft) overruled(s *setting) bool {
	for _, other := range d.values {
		if len(other.path) > 0 &&
			slices.ContainsFunc(s.answers, func(key string) bool { return slices.Contains(other.answers, key) }) &&
			overruled(d.a.Values, other.path) {
			return true
		}
	}
	return false
}

// unknown returns a fault for every key below path that the chart does not
// support.
func (d *draft) unknown(path []string, values map[string]any) answers.Faults {
	var faults answers.Faults
	for _, name := range slices.Sorted(maps.Keys(values)) {
		at := append(slices.Clone(path), name)
		if !d.knows(at) {
			faults = append(faults, d.unknownKey(at))
			continue
		}
		if below, ok := values[name].(map[string]any); ok {
			faults = append(faults, d.unknown(at, below)...)
		}
	}
	return faults
}

func (d *draft) unknownKey(path []string) answers.Fault {
	fault := answers.Fault{
		Check:   CheckValues,
		Key:     d.originOf(path),
		Summary: fmt.Sprintf("%s does not know %s and silently ignores it", d.chartName(), tree.Dotted(path)),
		Remedy:  answers.NearestOf(path[len(path)-1], chartinfo.Children(d.layout, path[:len(path)-1])),
	}
	switch tree.Dotted(path) {
	case "server":
		fault.Remedy = "this chart reads the server's settings below zenml:"
	case "zenml":
		fault.Summary = d.chartName() + " reads the server's settings below server:, and those below zenml: override them"
		fault.Remedy = "write server: instead of zenml:"
	}
	return fault
}

// originOf returns the key of the answer that set the value at path.
func (d *draft) originOf(path []string) string {
	if overruled(d.a.Values, path) {
		return "values"
	}
	for _, s := range d.values {
		if strings.HasPrefix(tree.Dotted(s.path)+".", tree.Dotted(path)+".") && len(s.answers) > 0 {
			return s.answers[0]
		}
	}
	return "values"
}
