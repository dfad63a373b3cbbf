package format

import (
	"errors"
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/render/rendertest"
	"github.com/zenml-installer/zenml-installer/render/values"
)

// TestDigest pins the chart by digest in each format that can.
func TestDigest(t *testing.T) {
	digest := "sha256:" + strings.Repeat("ab", 32)
	a := rendertest.Parse(t, "version: 1\nchart: {ref: \"oci://registry.example.com/charts/zenml@"+digest+
		"\"}\ndatabase: {type: sqlite}\n")
	info := rendertest.Load(t, "current").Info
	info.Digest = digest
	doc, err := values.Build(a, info, rendertest.Settings(a))
	if err != nil {
		t.Fatal(err)
	}
	for format, want := range map[Format]string{
		Values:   "# Digest of the chart: " + digest + "\n",
		ArgoCD:   "repoURL: oci://registry.example.com/charts/zenml\n    path: .\n    targetRevision: " + digest + "\n",
		Flux:     "url: oci://registry.example.com/charts/zenml\n  ref:\n    digest: " + digest + "\n",
		Helmfile: "chart: oci://registry.example.com/charts/zenml@" + digest + "\n    values:",
	} {
		files, err := Files(doc, format, Rendered{})
		if err != nil {
			t.Fatal(err)
		}
		if text := string(files[0].Bytes); !strings.Contains(text, want) {
			t.Errorf("%s: missing %q in\n%s", format, want, text)
		}
	}
	var faults answers.Faults
	if _, err := Files(doc, Terraform, Rendered{}); !errors.As(err, &faults) || faults[0].Key != "chart.ref" {
		t.Errorf("terraform: %v", err)
	}
}
