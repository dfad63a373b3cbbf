package chart

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	helmchart "helm.sh/helm/v3/pkg/chart"

	"github.com/zenml-installer/zenml-installer/internal/chartinfo"
)

// kept returns a chart as Helm keeps it with a release.
func kept(t *testing.T, c *Chart) *helmchart.Chart {
	t.Helper()
	var again helmchart.Chart
	err := c.WithHelm(func(loaded *helmchart.Chart) error {
		data, err := json.Marshal(loaded)
		if err != nil {
			return err
		}
		return json.Unmarshal(data, &again)
	})
	if err != nil {
		t.Fatal(err)
	}
	return &again
}

// TestFromRelease knows the same keys as the chart that was pulled, although Helm does not
// keep the comments that name some of them.
func TestFromRelease(t *testing.T) {
	for _, generation := range []string{"current", "legacy"} {
		t.Run(generation, func(t *testing.T) {
			pulled, err := Load(t.Context(), Source{Ref: filepath.Join("..", "..", "sandbox", "charts", generation)})
			if err != nil {
				t.Fatal(err)
			}
			stored := FromRelease(kept(t, pulled))
			if !stored.IsComplete() || stored.Info.Version != pulled.Info.Version {
				t.Errorf("complete: %t, version %s", stored.IsComplete(), stored.Info.Version)
			}
			compareKnown(t, pulled.Info, stored.Info)
		})
	}
}

func compareKnown(t *testing.T, pulled, stored chartinfo.Info) {
	t.Helper()
	want, err := pulled.Layout()
	if err != nil {
		t.Fatal(err)
	}
	got, err := stored.Layout()
	if err != nil || got.Root != want.Root {
		t.Fatalf("layout is %s, %v; want %s", got.Root, err, want.Root)
	}
	for _, path := range []string{"replicaCount", "image.tag", "auth.authType", "auth.jwtSecretKey",
		"ingress.annotations.a",
		"database.url", "database.poolSize", "database.mydumperThreads", "database.typo", "requestTimeout", "typo"} {
		at := append([]string{want.Root}, strings.Split(path, ".")...)
		if is, was := chartinfo.Knows(stored, got, at), chartinfo.Knows(pulled, want, at); is != was {
			t.Errorf("%s: known %t, and %t in the chart that was pulled", path, is, was)
		}
	}
}

// TestFromRelease_subchart is not complete, because Helm does not keep subcharts.
func TestFromRelease_subchart(t *testing.T) {
	parent := smallChart("zenml", "1.0.0")
	parent.Metadata.Dependencies = []*helmchart.Dependency{{Name: "mysql", Version: "1.0.0"}}
	parent.SetDependencies(smallChart("mysql", "1.0.0"))
	path := saved(t, parent)
	pulled, err := Load(t.Context(), Source{Ref: path})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if !pulled.IsComplete() || FromRelease(kept(t, pulled)).IsComplete() {
		t.Error("a chart is taken for complete without its subchart")
	}
}
