package cmd

import (
	"flag"
	"testing"

	"github.com/zenml-installer/zenml-installer/internal/testschema"
)

var update = flag.Bool("update", false, "update docs/schemas")

func TestStatusSchema(t *testing.T) {
	const name = "status.schema.json"
	schema := testschema.Of(t, state{})
	testschema.IsPublished(t, "../"+testschema.Folder+"/"+name, schema, *update)
	testschema.IsCompatible(t, "..", name, schema, testschema.Output)
}
