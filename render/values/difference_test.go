package values_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/render/rendertest"
	"github.com/zenml-installer/zenml-installer/render/values"
)

// Every sample that a chart supports has no difference to itself, and its
// difference to no values shows no secret.
func TestDifferenceOfSamples(t *testing.T) {
	for _, generation := range rendertest.Generations {
		c := rendertest.Load(t, generation)
		for name, a := range rendertest.Samples(t) {
			document, err := values.Build(a, c.Info, rendertest.Settings(a))
			if err != nil {
				continue // TestGolden covers unsupported samples
			}
			if changes := document.Difference(document.Map); len(changes) > 0 {
				t.Errorf("%s, %s: %v", generation, name, changes)
			}
			for _, change := range document.Difference(nil) {
				line := change.String()
				if strings.Contains(line, "anary") || change.Before != "" {
					t.Errorf("%s, %s: %s", generation, name, change)
				}
			}
		}
	}
}

func TestDifference(t *testing.T) {
	const canary = "c4nary"
	a := rendertest.Parse(t, `
version: 1
database: {type: mysql, mysql: {host: db.example.com, user: zenml, name: zenml, password: {secretRef: {name: db, key: password}}, pool: {size: 7}}}
server: {replicas: 2}
`)
	document, _ := rendertest.Draw(t, "current", a)
	before := map[string]any{
		// Values of a release of the legacy chart, with numbers as JSON decodes
		// them.
		"zenml": map[string]any{
			"replicaCount": 2.0,
			"database": map[string]any{
				"url":               "mysql://zenml:" + canary + "@db.example.com:3306/zenml",
				"passwordSecretRef": map[string]any{"name": "db", "key": "password"},
				"poolSize":          5,
			},
			"jwtSecretKey":      canary,
			"secretEnvironment": map[string]any{"ANY": canary},
			"secretsStore":      map[string]any{"sql": map[string]any{"encryptionKey": canary}},
			"auth":              map[string]any{"note": strings.Repeat("x", 200)},
		},
	}
	var lines []string
	for _, c := range document.Difference(before) {
		lines = append(lines, c.String())
	}
	for _, want := range []string{
		"~ server.database.poolSize: 5 -> 7",
		"~ server.database.url: •••••• -> ",
		"- server.jwtSecretKey: ••••••",
		"- server.secretEnvironment.ANY: ••••••",
		"- server.auth.note: \"" + strings.Repeat("x", 79) + "…",
	} {
		if !slices.ContainsFunc(lines, func(line string) bool { return strings.HasPrefix(line, want) }) {
			t.Errorf("no %q in\n%s", want, strings.Join(lines, "\n"))
		}
	}
	all := strings.Join(lines, "\n")
	for _, not := range []string{canary, "replicaCount", "passwordSecretRef"} {
		if strings.Contains(all, not) {
			t.Errorf("%q is in\n%s", not, all)
		}
	}
}
