package chart

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"helm.sh/helm/v3/pkg/repo"
	"sigs.k8s.io/yaml"
)

// TestReadIndex/large takes the entries of one chart out of an index that is not parsed.
func TestReadIndex(t *testing.T) {
	var other strings.Builder
	for i := range 30_000 {
		fmt.Fprintf(&other, "  chart-%d:\n  - name: chart-%d\n    version: 1.0.0\n    description: |\n      zenml:\n      # none\n", i, i)
	}
	for style, own := range map[string]string{
		"as Helm writes it": "  zenml:\n  - name: zenml\n    version: 0.98.0\n    urls:\n    - a.tgz\n  - name: zenml\n    version: 0.97.0\n",
		"quoted, indented":  "  \"zenml\":\n    - {name: zenml, version: 0.98.0}\n    - {name: zenml, version: 0.97.0}\n",
	} {
		for size, around := range map[string]string{"small": "  a: []\n", "large": other.String()} {
			t.Run(size+" "+style, func(t *testing.T) {
				text := "apiVersion: v1\nentries:\n" + around + own + strings.ReplaceAll(around, "chart-",
					"later-") + "generated: 2026-01-01T00:00:00Z\n"
				data, err := readIndex(strings.NewReader(strings.ReplaceAll(text, "  a: []\n", "")), "zenml")
				if err != nil {
					t.Fatal(err)
				}
				var index repo.IndexFile
				if err := yaml.Unmarshal(data, &index); err != nil {
					t.Fatal(err)
				}
				var versions []string
				for _, entry := range index.Entries["zenml"] {
					versions = append(versions, entry.Version)
				}
				if diff := cmp.Diff([]string{"0.98.0", "0.97.0"}, versions); diff != "" || index.APIVersion != "v1" || len(data) > 1000 {
					t.Errorf("%d bytes, apiVersion %q, versions %s", len(data), index.APIVersion, diff)
				}
			})
		}
	}
}
