package bundle

import (
	"flag"
	"testing"

	"github.com/zenml-installer/zenml-installer/internal/testschema"
)

var update = flag.Bool("update", false, "update docs/schemas")

func TestJSONSchema(t *testing.T) {
	const name = "bundle.schema.json"
	schema := testschema.Of(t, Bundle{})
	testschema.IsPublished(t, "../../"+testschema.Folder+"/"+name, schema, *update)
	testschema.IsCompatible(t, "../..", name, schema, testschema.Output)
}
