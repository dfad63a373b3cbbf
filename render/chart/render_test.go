package chart

import (
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/zenml-installer/zenml-installer/internal/manifest"
)

// rootKeys are the root keys of the server's settings in the stand-in charts.
var rootKeys = map[string]string{"current": "server", "legacy": "zenml"}

func standIn(t testing.TB, generation string) *Chart {
	t.Helper()
	c, err := Load(t.Context(), Source{Ref: filepath.Join("..", "..", "sandbox", "charts", generation)})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func mysqlValues(root string) map[string]any {
	return map[string]any{root: map[string]any{
		"ingress": map[string]any{"enabled": false},
		"database": map[string]any{
			"url":               "mysql://zenml@db.example.com:3306/zenml",
			"passwordSecretRef": map[string]any{"name": "db", "key": "password"},
		},
	}}
}

func TestRender(t *testing.T) {
	for generation, root := range rootKeys {
		values := mysqlValues(root)
		rendered, err := standIn(
			t,
			generation,
		).Render(t.Context(), RenderRequest{Release: "zenml-server", Namespace: "n", Values: values})
		if err != nil {
			t.Fatal(err)
		}
		jobs := manifest.Find(rendered.Objects, "Job", "zenml-server-db-migration")
		if len(jobs) != 1 || len(jobs[0].Hooks()) != 2 {
			t.Errorf("%s: migration job %v", generation, jobs)
		}
		if len(manifest.Find(rendered.Objects, "Deployment", "zenml-server")) != 1 ||
			len(manifest.Find(rendered.Objects, "Ingress", "")) != 0 {
			t.Errorf("%s: deployment or ingress", generation)
		}
		if rendered.Notes == "" {
			t.Errorf("%s: no notes", generation)
		}
		if len(values) != 1 {
			t.Errorf("%s: the values were changed: %v", generation, values)
		}
	}
}

// TestRenderConcurrently is for the race detector.
func TestRenderConcurrently(t *testing.T) {
	c, values := standIn(t, "current"), mysqlValues("server")
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if _, err := c.Render(t.Context(), RenderRequest{Release: "r", Namespace: "n", Values: values}); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
}

func TestRenderErrors(t *testing.T) {
	server := func(key string, value any) map[string]any {
		return map[string]any{"server": map[string]any{key: value}}
	}
	for name, test := range map[string]struct {
		values                 map[string]any
		file, key, cause, hint string
	}{
		"a CA as a string": {
			server("database", map[string]any{"url": "mysql://u@h/d", "ssl": true, "sslCa": "PEM"}),
			"templates/", "", "can't evaluate field", "must be a mapping",
		},
		"a number in secretEnvironment": {
			server("secretEnvironment", map[string]any{"A": 1}),
			"templates/", "", "expected string; got", "quote it",
		},
		"a gateway without a reference": {
			server("gateway", map[string]any{"enabled": true}),
			"templates/", "", "required when", "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := standIn(
				t,
				"current",
			).Render(t.Context(), RenderRequest{Release: "zenml-server", Namespace: "n", Values: test.values})
			var bad *RenderError
			if !errors.As(err, &bad) {
				t.Fatal(err)
			}
			t.Log(bad)
			if !strings.HasPrefix(bad.File, test.file) || bad.Line == 0 || !strings.Contains(bad.Cause, test.cause) ||
				!strings.Contains(bad.Hint, test.hint) {
				t.Errorf("%+v", bad)
			}
			for _, noise := range []string{"executing", "error calling", "HELM_ERR", "template:"} {
				if strings.Contains(bad.Error(), noise) {
					t.Errorf("%q in %v", noise, bad)
				}
			}
		})
	}
}

func TestRenderForOlderCluster(t *testing.T) {
	c := standIn(t, "current")
	c.helm.Metadata.KubeVersion = ">=1.25.0"
	_, err := c.Render(t.Context(), RenderRequest{Release: "zenml-server", Namespace: "n", KubeVersion: "v1.24.17"})
	if err == nil || !strings.Contains(err.Error(), "1.24.17") {
		t.Fatal(err)
	}
	if _, err := c.Render(t.Context(), RenderRequest{Release: "zenml-server", Namespace: "n",
		KubeVersion: "v1.36.3-sandbox"}); err != nil {
		t.Fatal(err)
	}
}

func BenchmarkRender(b *testing.B) {
	c, values := standIn(b, "current"), mysqlValues("server")
	for b.Loop() {
		if _, err := c.Render(b.Context(), RenderRequest{Release: "zenml-server", Namespace: "n",
			Values: values}); err != nil {
			b.Fatal(err)
		}
	}
}
