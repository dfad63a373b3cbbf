package values_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/zenml-installer/zenml-installer/render/rendertest"
	"github.com/zenml-installer/zenml-installer/render/values"
)

func TestEmptyMappingRemovesNothing(t *testing.T) {
	for _, generation := range rendertest.Generations {
		c := rendertest.Load(t, generation)
		root := map[string]string{"current": "server", "legacy": "zenml"}[generation]
		want, _ := rendertest.DrawOn(t, c, rendertest.Parse(t, rendertest.PlainMySQL))
		for _, raw := range []string{"{" + root + ": {}}", "{" + root + ": {database: {}}}"} {
			a := rendertest.Parse(t, rendertest.PlainMySQL+"values: "+raw+"\n")
			doc, _ := rendertest.DrawOn(t, c, a)
			if diff := cmp.Diff(want.Map, doc.Map); diff != "" {
				t.Errorf("%s, %s changes the values:\n%s", generation, raw, diff)
			}
			if faults := rendertest.ProveAll(t, c, a); len(faults) != 1 ||
				!strings.Contains(faults.Error(), "has no effect") {
				t.Errorf("%s, %s: got %v", generation, raw, faults)
			}
		}
	}
}

func TestRawValueAloneInItsMappingIsProved(t *testing.T) {
	c := rendertest.Load(t, "current")
	for raw, want := range map[string]string{
		"{server: {replicaCount: 3}}":         "server.replicaCount has no effect",
		"{server: {database: {poolSize: 5}}}": "server.database.poolSize has no effect",
		"{server: {instanceLabel: ml}}":       "",
		"{podAnnotations: {team: ml}}":        "",
	} {
		faults := rendertest.ProveAll(
			t,
			c,
			rendertest.Parse(t, "version: 1\ndatabase: {type: sqlite}\nvalues: "+raw+"\n"),
		)
		if want == "" && len(faults) > 0 ||
			want != "" && (len(faults) != 1 || !strings.Contains(faults.Error(), want)) {
			t.Errorf("%s: got %v", raw, faults)
		}
	}
}

// A raw null removes the chart's default, as in Helm.
func TestRawNullRemovesTheDefault(t *testing.T) {
	doc, _ := rendertest.Draw(
		t,
		"current",
		rendertest.Parse(t, "version: 1\ndatabase: {type: sqlite}\nvalues: {podSecurityContext: {fsGroup: null}}\n"),
	)
	below, _ := doc.Map["podSecurityContext"].(map[string]any)
	if value, there := below["fsGroup"]; !there || value != nil {
		t.Errorf("got %v", doc.Map)
	}
}

func TestRawSecretsAreSensitive(t *testing.T) {
	c := rendertest.Load(t, "current")
	a := rendertest.Parse(t, rendertest.RawSecrets)
	doc, err := values.Build(a, c.Info, rendertest.Settings(a))
	if err != nil {
		t.Fatal(err)
	}
	head := string(doc.Bytes[:strings.Index(string(doc.Bytes), "\n")])
	const want = "# SENSITIVE: this file contains server.environment.DB_URL and server.openTelemetry.endpoint and server.pro.enrollmentKey and server.secretEnvironment.ANY and workerDeployments.w.env."
	if !doc.Sensitive || head != want {
		t.Errorf("got %v and\n%s\nwant\n%s", doc.Sensitive, head, want)
	}
	if shown, err := doc.Redacted(); err != nil || strings.Contains(shown, "c4n4ry") ||
		!strings.Contains(shown, "name-of-one") ||
		!strings.Contains(shown, "instanceLabel: ml") {
		t.Errorf("the masked view: %v\n%s", err, shown)
	}
}

// A raw value that replaces an answer's secret is not masked.
func TestRawValueReplacesASecret(t *testing.T) {
	a := rendertest.Parse(
		t,
		"version: 1\ndatabase: {type: sqlite}\nserver: {secretEnvironment: {A: {env: A}}}\nvalues: {zenml: {secretEnvironment: null}}\n",
	)
	doc, err := values.Build(a, rendertest.Load(t, "legacy").Info, rendertest.Settings(a))
	if err != nil || doc.Sensitive || strings.Contains(string(doc.Bytes), "SENSITIVE") {
		t.Errorf("%v\n%s", err, doc.Bytes)
	}
}
