package values_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
	helmchart "helm.sh/helm/v3/pkg/chart"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/tree"
	"github.com/zenml-installer/zenml-installer/internal/yamlnode"
	"github.com/zenml-installer/zenml-installer/render/rendertest"
	"github.com/zenml-installer/zenml-installer/render/values"
)

// added are the values that the installer writes without being asked for them,
// with the samples in which it does.
func added(t *testing.T, c rendertest.StandIn) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for name, a := range rendertest.Samples(t) {
		doc, err := values.Build(a, c.Info, rendertest.Settings(a))
		if err != nil {
			continue // this chart does not support an answer
		}
		objects, err := c.Render(a, doc.Map)
		if err != nil {
			t.Fatal(err)
		}
		if faults, _ := values.Prove(a, c.Info, doc, objects).Split(); len(faults) > 0 {
			continue // nor does this stand-in show every answer
		}
		for _, path := range values.AddedPaths(doc) {
			if tree.At(doc.Map, path) == nil {
				continue // the chart's own default
			}
			all[tree.Dotted(path)] = append(all[tree.Dotted(path)], name)
		}
	}
	return all
}

// lacking returns a chart that does not know a key: neither its defaults nor
// its templates have it.
func lacking(t *testing.T, c rendertest.StandIn, path []string) rendertest.StandIn {
	t.Helper()
	return ignoring(withoutDefault(t, c, path), path)
}

// withoutDefault returns a chart whose defaults lack a key.
func withoutDefault(t *testing.T, c rendertest.StandIn, path []string) rendertest.StandIn {
	t.Helper()
	var defaults yaml.Node
	if err := yaml.Unmarshal(c.Info.Defaults, &defaults); err != nil {
		t.Fatal(err)
	}
	yamlnode.Cut(defaults.Content[0], path)
	data, err := yamlnode.Encode(defaults.Content[0])
	if err != nil {
		t.Fatal(err)
	}
	copied := *c.Helm
	copied.Values = tree.Clone(c.Helm.Values)
	tree.Cut(copied.Values, path)
	mutant := rendertest.StandIn{Info: c.Info, Helm: &copied}
	mutant.Info.Defaults = data
	return mutant
}

// ignoring returns a chart whose templates do not read a key: they find what the
// chart's defaults would have, an empty value.
func ignoring(c rendertest.StandIn, path []string) rendertest.StandIn {
	names := path[len(path)-1]
	if slices.Contains([]string{"enabled", "type", "annotations"}, names) { // too common alone
		names = strings.Join(path[len(path)-2:], ".")
	}
	reads := regexp.MustCompile(`[$.\w]*[$.]` + regexp.QuoteMeta(names) + `\b`)
	empty := `""`
	switch path[len(path)-1] {
	case "annotations":
		empty = "(dict)"
	case "additionalNoProxy":
		empty = "(list)"
	}
	copied := *c.Helm
	copied.Templates = nil
	for _, f := range c.Helm.Templates {
		data := reads.ReplaceAllLiteral(f.Data, []byte(empty))
		copied.Templates = append(copied.Templates, &helmchart.File{Name: f.Name, Data: data})
	}
	return rendertest.StandIn{Info: c.Info, Helm: &copied}
}

// TestAddedSettings takes every key that the installer sets by itself away from
// the charts, in their defaults and in their templates: every sample must still
// generate, with a warning where something is lost.
func TestAddedSettings(t *testing.T) {
	samples := rendertest.Samples(t)
	for _, generation := range rendertest.Generations {
		c := rendertest.Load(t, generation)
		all := added(t, c)
		for _, dotted := range slices.Sorted(maps.Keys(all)) {
			path := strings.Split(dotted, ".")
			warned := map[string]bool{}
			mutants := map[string]rendertest.StandIn{"templates": ignoring(c, path)}
			if chartNames(t, c, path) {
				mutants["defaults"] = lacking(t, c, path)
			}
			for kind, mutant := range mutants {
				for _, name := range all[dotted] {
					if text := generates(t, mutant, samples[name], dotted, kind+" without "+dotted+", "+name); text != "" {
						warned[kind+": "+text] = true
					}
				}
			}
			t.Logf("%s %s: %s", generation, dotted, strings.Join(slices.Sorted(maps.Keys(warned)), "\n  "))
		}
		for _, path := range []string{"serverURL", "dashboardURL", "ingress.enabled"} {
			if !hasSuffix(all, "."+path) {
				t.Errorf("%s: %s is not among what the installer adds: %v", generation, path, all)
			}
		}
	}
}

// chartNames reports whether the chart's defaults name a key.
func chartNames(t *testing.T, c rendertest.StandIn, path []string) bool {
	t.Helper()
	layout, err := c.Info.Layout()
	if err != nil {
		t.Fatal(err)
	}
	return layout.Default(path...) != nil
}

func hasSuffix(all map[string][]string, suffix string) bool {
	return slices.ContainsFunc(slices.Collect(maps.Keys(all)), func(name string) bool {
		return strings.HasSuffix(name, suffix)
	})
}

// generates fails the test if an answer is refused, and returns the warning about a key.
func generates(t *testing.T, c rendertest.StandIn, a answers.Answers, dotted, what string) string {
	t.Helper()
	doc, err := values.Build(a, c.Info, rendertest.Settings(a))
	if err != nil {
		t.Errorf("%s: %v", what, err)
		return ""
	}
	objects, err := c.Render(a, doc.Map)
	if err != nil {
		t.Errorf("%s: %v", what, err)
		return ""
	}
	faults, warnings := values.Prove(a, c.Info, doc, objects).Split()
	if len(faults) > 0 {
		t.Errorf("%s: %v", what, faults)
	}
	for _, w := range warnings {
		if strings.Contains(w.Summary, dotted) && w.Remedy != "" {
			return w.Summary
		}
	}
	return ""
}

// TestAskedSettings wants a given answer without effect to stop, with a remedy
// that can be followed on this chart.
func TestAskedSettings(t *testing.T) {
	c := rendertest.Load(t, "current")
	for key, test := range map[string]struct{ path, answers, remedy, not string }{
		"expose.trustedProxies": {"proxyHeaders.enabled",
			"expose: {type: ingress, host: z.example.com, trustedProxies: [10.0.0.0/8]}",
			"remove expose.trustedProxies", "or newer"},
		"server.url":  {"serverURL", "server: {url: https://z.example.com}", "remove server.url", "or newer"},
		"expose.type": {"ingress.enabled", "expose: {type: port-forward}", "published chart", "or newer"},
	} {
		a := rendertest.Parse(t, "version: 1\ndatabase: {type: sqlite}\n"+test.answers+"\n")
		path := append([]string{"server"}, strings.Split(test.path, ".")...)
		mutant := ignoring(c, path)
		doc, err := values.Build(a, mutant.Info, rendertest.Settings(a))
		if err != nil {
			t.Fatal(err)
		}
		if key == "expose.type" { // a chart that always makes one
			tree.Cut(doc.Map, path)
			mutant = c
		}
		objects, err := mutant.Render(a, doc.Map)
		if err != nil {
			t.Fatal(err)
		}
		faults, _ := values.Prove(a, mutant.Info, doc, objects).Split()
		i := slices.IndexFunc(faults, func(f answers.Fault) bool { return f.Key == key })
		if i < 0 || !strings.Contains(faults[i].Remedy, test.remedy) || strings.Contains(faults[i].Remedy, test.not) {
			t.Errorf("%s: %v", key, faults)
		}
	}
}
