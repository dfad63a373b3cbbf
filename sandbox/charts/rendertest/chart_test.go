// Package rendertest renders the stand-in charts with Helm's engine. It is a
// separate module so that the sandbox does not depend on Helm.
package rendertest

import (
	"fmt"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
)

// object is one rendered Kubernetes object.
type object map[string]any

// generations are the folders of the stand-in charts, next to this module.
var generations = []string{"current", "legacy"}

// loadChart reads a generation's chart from its folder.
func loadChart(t *testing.T, generation string) *chart.Chart {
	t.Helper()
	c, err := loader.LoadDir(filepath.Join("..", generation))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// renderFiles renders a generation's chart as release zenml-server in namespace zenml, without a
// cluster, and returns the templates' output by template name.
func renderFiles(t *testing.T, generation, values string) (map[string]string, error) {
	t.Helper()
	return renderChart(t, loadChart(t, generation), values)
}

func renderChart(t *testing.T, c *chart.Chart, values string) (map[string]string, error) {
	t.Helper()
	given, err := chartutil.ReadValues([]byte(values))
	if err != nil {
		t.Fatalf("values: %v", err)
	}
	release := chartutil.ReleaseOptions{Name: "zenml-server", Namespace: "zenml", Revision: 1, IsInstall: true}
	all, err := chartutil.ToRenderValues(c, given, release, chartutil.DefaultCapabilities)
	if err != nil {
		return nil, err
	}
	return engine.Render(c, all)
}

// render renders like renderFiles and parses every object, sorted by kind and name.
func render(t *testing.T, generation, values string) ([]object, error) {
	t.Helper()
	files, err := renderFiles(t, generation, values)
	if err != nil {
		return nil, err
	}
	return objectsOf(t, files), nil
}

func objectsOf(t *testing.T, files map[string]string) []object {
	t.Helper()
	var objects []object
	for name, text := range files {
		if strings.HasSuffix(name, "NOTES.txt") {
			continue
		}
		found, err := parse(text)
		if err != nil {
			t.Fatalf("%s: %v\n%s", name, err, text)
		}
		objects = append(objects, found...)
	}
	sort.Slice(objects, func(i, j int) bool { return objects[i].key() < objects[j].key() })
	return objects
}

// mustRender is render for values that must be accepted.
func mustRender(t *testing.T, generation, values string) []object {
	t.Helper()
	objects, err := render(t, generation, values)
	if err != nil {
		t.Fatal(err)
	}
	return objects
}

// parse splits a YAML stream into its objects, ignoring empty documents. It
// reads a plain y as text, like the program that wrote the samples, and not as
// a YAML 1.1 boolean.
func parse(text string) ([]object, error) {
	var objects []object
	for _, document := range strings.Split("\n"+text, "\n---") {
		var o map[string]any
		if err := yaml.Unmarshal([]byte(document), &o); err != nil {
			return nil, fmt.Errorf("%w in:\n%s", err, document)
		}
		if len(o) > 0 {
			objects = append(objects, o)
		}
	}
	return objects, nil
}

// key identifies an object: "Kind/name".
func (o object) key() string {
	return fmt.Sprintf("%v/%v", o["kind"], o.at("metadata", "name"))
}

// at returns the value at a path of map keys and list indices, or nil.
func (o object) at(path ...any) any {
	var here any = map[string]any(o)
	for _, step := range path {
		switch s := step.(type) {
		case string:
			m, _ := here.(map[string]any)
			here = m[s]
		case int:
			l, _ := here.([]any)
			if s >= len(l) {
				return nil
			}
			here = l[s]
		}
	}
	return here
}

// find returns the object of that key, or nil.
func find(objects []object, key string) object {
	for _, o := range objects {
		if o.key() == key {
			return o
		}
	}
	return nil
}

// must returns the object of that key or ends the test.
func must(t *testing.T, objects []object, key string) object {
	t.Helper()
	o := find(objects, key)
	if o == nil {
		t.Fatalf("no %s among the rendered objects", key)
	}
	return o
}

// env returns the plain variables of the first container of a Deployment's or Job's pod.
func (o object) env() map[string]string {
	vars := map[string]string{}
	list, _ := o.at("spec", "template", "spec", "containers", 0, "env").([]any)
	for _, entry := range list {
		e := entry.(map[string]any)
		if v, plain := e["value"].(string); plain {
			vars[e["name"].(string)] = v
		}
	}
	return vars
}
