package format

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/render/rendertest"
	"github.com/zenml-installer/zenml-installer/render/values"
)

// Every format that supports secrets writes the raw values without their
// secrets; Argo CD rejects each.
func TestFormatsSeparateRawSecrets(t *testing.T) {
	a := rendertest.Parse(t, rendertest.RawSecrets)
	doc, err := values.Build(a, rendertest.Load(t, "current").Info, rendertest.Settings(a))
	if err != nil {
		t.Fatal(err)
	}
	for _, format := range []Format{Flux, Terraform, Helmfile} {
		files, err := Files(doc, format, Rendered{})
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(files[0].Bytes), "c4n4ry") {
			t.Errorf("%s holds a secret:\n%s", format, files[0].Bytes)
		}
		if format == Helmfile {
			continue // the test cannot evaluate its variables
		}
		if diff := cmp.Diff(doc.Map, valuesIn(t, format, doc, files[0].Bytes)); diff != "" {
			t.Errorf("%s gives other values:\n%s", format, diff)
		}
	}
	var faults answers.Faults
	if _, err := Files(doc, ArgoCD, Rendered{}); !errors.As(err, &faults) || len(faults) != 5 ||
		strings.Contains(err.Error(), "c4n4ry") {
		t.Errorf("Argo CD: %v", err)
	}
}

func TestManifestsWithRawSecretAreSensitive(t *testing.T) {
	c := rendertest.Load(t, "current")
	for raw, want := range map[string]bool{
		"{server: {environment: {API_TOKEN: c4n4ry}}}":       true,
		"{server: {secretEnvironment: {API_TOKEN: c4n4ry}}}": false, // in the chart's Secret
	} {
		a := rendertest.Parse(t, "version: 1\ndatabase: {type: sqlite}\nvalues: "+raw+"\n")
		doc, _ := rendertest.DrawOn(t, c, a)
		objects, err := c.Render(a, doc.Map)
		if err != nil {
			t.Fatal(err)
		}
		files, err := Files(doc, Manifests, Rendered{Objects: objects})
		if err != nil {
			t.Fatal(err)
		}
		plain := string(files[0].Bytes)
		if files[0].Sensitive != want || strings.HasPrefix(plain, "# SENSITIVE") != want ||
			strings.Contains(plain, "c4n4ry") != want {
			t.Errorf("%s: sensitive is %v\n%s", raw, files[0].Sensitive, plain)
		}
	}
}
