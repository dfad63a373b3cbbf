package evidence_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/zenml-installer/zenml-installer/install/evidence"
	"github.com/zenml-installer/zenml-installer/internal/testschema"
)

var update = flag.Bool("update", false, "update docs/schemas")

// TestJSONSchema spells out the outer fields of the evidence, because the schema's library
// ignores the name of an embedded struct, and validates evidence against the schema.
func TestJSONSchema(t *testing.T) {
	const name = "diagnose.schema.json"
	schema := testschema.Of(t, struct {
		Summary evidence.Summary `json:"summary"`
		Files   []evidence.File  `json:"files"`
	}{})
	testschema.IsPublished(t, "../../"+testschema.Folder+"/"+name, schema, *update)
	testschema.IsCompatible(t, "../..", name, schema, testschema.Output)

	var written bytes.Buffer
	if err := (evidence.Evidence{Files: []evidence.File{{Name: "events.txt"}}}).JSON(&written); err != nil {
		t.Fatal(err)
	}
	var output any
	var published jsonschema.Schema
	if err := json.Unmarshal(written.Bytes(), &output); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(schema, &published); err != nil {
		t.Fatal(err)
	}
	published.AdditionalProperties = &jsonschema.Schema{Not: &jsonschema.Schema{}} // no other field
	resolved, err := published.Resolve(nil)
	if err == nil {
		err = resolved.Validate(output)
	}
	if err != nil {
		t.Errorf("the evidence does not have the published form: %v\n%s", err, written.String())
	}
}
