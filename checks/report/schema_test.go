package report

import (
	"testing"

	"github.com/zenml-installer/zenml-installer/internal/testschema"
)

func TestJSONSchema(t *testing.T) {
	const name = "preflight.schema.json"
	schema := testschema.Of(t, jsonReport{})
	testschema.IsPublished(t, "../../"+testschema.Folder+"/"+name, schema, *update)
	testschema.IsCompatible(t, "../..", name, schema, testschema.Output)
}
