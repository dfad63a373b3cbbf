package values_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/internal/tree"
	"github.com/zenml-installer/zenml-installer/render/binding"
	"github.com/zenml-installer/zenml-installer/render/rendertest"
	"github.com/zenml-installer/zenml-installer/render/values"
)

var mutantsEvery = flag.Int("mutants.every", 31, "try one mutant of so many; 1 tries all")

// mutantSamples are the samples for the chart mutants. Together they cover
// every template.
var mutantSamples = []string{
	"mysql-production", "server", "network", "store-vault-approle", "store-own", "mysql-mydumper", "expose-gateway",
	"sqlite-volume", "expose-load-balancer", "expose-self-signed", "expose-path", "openshift", "store-aws-key", "store-aws-identity", "store-gcp-identity", "mysql-inline-ca", "mysql-rds-iam", "mysql-own-backup",
}

// uncoveredLines are template lines that no answer affects.
var uncoveredLines = map[string]string{
	"zenml.certs/subject-name: {{ $certSubjectName | quote }}":                           "the chart's own mark on the certificate that it made",
	"ca.crt: {{ $ca.Cert | b64enc }}":                                                    "the CA of the chart's own certificate, for clients that want it",
	"the block of {{- if and $ingress.tls.enabled (eq $ingress.className \"nginx\") -}}": "the chart's own redirect from HTTP",
	"the block of {{- if .migration }}":                                                  "how the chart runs its migration",
	"the block of {{- if and $zenml.database.url (not .migration) }}":                    "how the chart divides the migration between its Job and the server",
}

// original is a sample as written and rendered without a mutation.
type original struct {
	name  string
	a     answers.Answers
	doc   values.Document
	shape string
}

func originals(t *testing.T, c rendertest.StandIn, names []string) []original {
	t.Helper()
	var all []original
	everything := rendertest.Samples(t)
	for _, name := range names {
		a := everything[name]
		doc, err := values.Build(a, c.Info, rendertest.Settings(a))
		if err != nil {
			continue // the chart does not support it
		}
		objects, err := c.Render(a, doc.Map)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, original{name, a, doc, shape(objects)})
	}
	return all
}

// shape is the rendered objects without random content.
func shape(objects []manifest.Object) string {
	var b strings.Builder
	for _, o := range objects {
		data, _ := json.Marshal(o.Object)
		var tree map[string]any
		_ = json.Unmarshal(data, &tree)
		text, _ := json.Marshal(steady(tree))
		b.Write(append(text, '\n'))
	}
	return b.String()
}

func steady(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for _, name := range []string{binding.JWTVariable, "checksum/secret", "ca.crt", "tls.crt", "tls.key"} {
			if _, ok := v[name]; ok {
				v[name] = "random"
			}
		}
		for name, below := range v {
			v[name] = steady(below)
		}
	case []any:
		for i := range v {
			v[i] = steady(v[i])
		}
	}
	return v
}

// tally counts the outcomes of mutants.
type tally struct {
	caught, same int
	escaped      []string
}

func (c *tally) add(name string, changed, noticed bool) {
	switch {
	case !changed:
		c.same++
	case noticed:
		c.caught++
	default:
		c.escaped = append(c.escaped, name)
	}
}

func (c *tally) report(t *testing.T, what string) {
	t.Helper()
	total := c.caught + len(c.escaped)
	t.Logf("%s: %d of %d mutants caught, %d more changed nothing", what, c.caught, total, c.same)
	for _, name := range c.escaped {
		if why := uncoveredLines[name[strings.IndexByte(name, ' ')+1:]]; why != "" {
			t.Logf("%s: escaped, and rightly: %s (%s)", what, name, why)
			continue
		}
		t.Errorf("%s: escaped: %s", what, name)
	}
	if total == 0 {
		t.Errorf("%s: no mutant changed anything", what)
	}
}

// Mutants of values rename, remove or change a key.
func TestProofDetectsValueMutants(t *testing.T) {
	for _, generation := range rendertest.Generations {
		c := rendertest.Load(t, generation)
		counts := map[string]*tally{"renamed": {}, "left out": {}, "changed": {}}
		number := 0
		for _, o := range originals(t, c, sortedSamples(t)) {
			for _, path := range leaves(o.doc.Map, nil) {
				for _, kind := range []string{"renamed", "left out", "changed"} {
					if number++; number%*mutantsEvery != 0 {
						continue
					}
					mutant, ok := mutate(o.doc.Map, path, kind)
					if !ok {
						continue
					}
					doc := o.doc
					if kind == "renamed" {
						doc.Map = mutant
					}
					changed, noticed := tryMutant(c, o, doc, mutant)
					counts[kind].add(o.name+": "+tree.Dotted(path), changed || noticed, noticed)
				}
			}
		}
		for _, kind := range slices.Sorted(maps.Keys(counts)) {
			counts[kind].report(t, generation+": values "+kind)
		}
	}
}

// tryMutant renders mutated values. It reports whether the objects changed, and
// whether the proof or the chart detected the mutation.
func tryMutant(c rendertest.StandIn, o original, doc values.Document, mutated map[string]any) (changed, noticed bool) {
	objects, err := c.Render(o.a, mutated)
	if err != nil {
		return true, true
	}
	return shape(objects) != o.shape, len(values.Prove(o.a, c.Info, doc, objects)) > 0
}

// sortedSamples omits the sample with raw values, which no answer covers (see
// TestRawValuesWithoutEffectAreReported).
func sortedSamples(t *testing.T) []string {
	all := rendertest.Samples(t)
	delete(all, "raw")
	return slices.Sorted(maps.Keys(all))
}

// leaves returns the paths of all values that are not mappings.
func leaves(m map[string]any, path []string) [][]string {
	var all [][]string
	for _, name := range slices.Sorted(maps.Keys(m)) {
		at := append(slices.Clone(path), name)
		if below, ok := m[name].(map[string]any); ok && len(below) > 0 {
			all = append(all, leaves(below, at)...)
			continue
		}
		all = append(all, at)
	}
	return all
}

func mutate(values map[string]any, path []string, kind string) (map[string]any, bool) {
	out := tree.Clone(values)
	m := out
	for _, name := range path[:len(path)-1] {
		m = m[name].(map[string]any)
	}
	last := path[len(path)-1]
	value := m[last]
	switch kind {
	case "renamed":
		delete(m, last)
		m[last+"X"] = value
	case "left out":
		delete(m, last)
	default:
		changed, ok := mutateValue(value)
		if !ok {
			return nil, false
		}
		m[last] = changed
	}
	return out, true
}

// mutateValue returns a different value of the same type.
func mutateValue(value any) (any, bool) {
	switch v := value.(type) {
	case string:
		return v + "x", v != ""
	case bool:
		return !v, true
	case float64:
		return v + 1, true
	case []any:
		return v[:len(v)-1], len(v) > 0
	}
	return nil, false
}

// Mutants of charts remove a line or a block of a template. Mutants that change
// the output without any answer are ignored.
func TestProofDetectsChartMutants(t *testing.T) {
	for _, generation := range rendertest.Generations {
		c := rendertest.Load(t, generation)
		all := originals(t, c, mutantSamples)
		bare := originals(t, c, []string{"minimal"})[0]
		count := &tally{}
		structure, number := 0, 0
		for _, m := range chartMutants(c) {
			if number++; number%*mutantsEvery != 0 {
				continue
			}
			mutated := m.apply(c)
			if changed, _ := tryMutant(mutated, bare, bare.doc, bare.doc.Map); changed {
				structure++
				continue
			}
			changed, noticed := false, false
			for _, o := range all {
				differs, seen := tryMutant(mutated, o, o.doc, o.doc.Map)
				changed, noticed = changed || differs, noticed || differs && seen
				if noticed {
					break
				}
			}
			count.add(fmt.Sprintf("%s:%d: %s", m.file, m.from+1, m.text), changed, noticed)
		}
		t.Logf("%s: ignored %d mutants that no answer affects", generation, structure)
		count.report(t, generation+": templates")
	}
}
