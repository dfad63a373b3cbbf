package format

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/zenml-installer/zenml-installer/render/rendertest"
)

// TestTerraformValueLikeHeredocEnd has a value with lines that would
// terminate the heredoc.
func TestTerraformValueLikeHeredocEnd(t *testing.T) {
	a := rendertest.Parse(
		t,
		rendertest.PlainMySQL+`values: {podAnnotations: {note: "a\nYAML\nYAML_\n${b} %{c}\n"}}`+"\n",
	)
	doc, _ := rendertest.Draw(t, "current", a)
	files, err := Files(doc, Terraform, Rendered{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(doc.Map, valuesIn(t, Terraform, doc, files[0].Bytes)); diff != "" {
		t.Errorf("other values:\n%s\n%s", diff, files[0].Bytes)
	}
}
