package plan

import (
	"flag"
	"testing"

	"github.com/zenml-installer/zenml-installer/internal/testschema"
)

var update = flag.Bool("update", false, "update docs/schemas")

func TestJSONSchema(t *testing.T) {
	const name = "dry-run.schema.json"
	schema := testschema.Of(t, Report{})
	testschema.IsPublished(t, "../../"+testschema.Folder+"/"+name, schema, *update)
	testschema.IsCompatible(t, "../..", name, schema, testschema.Output)
}

// TestReportUpToDate counts what is installed before the release as a change.
func TestReportUpToDate(t *testing.T) {
	unchanged := Plan{Objects: []Object{{Kind: "Deployment", Name: "zenml-server", Action: Unchanged}}}
	release := Report{Revision: 2}
	if r := release.With(unchanged, false); !r.UpToDate || r.Installs == nil {
		t.Errorf("an unchanged release: %+v", r)
	}
	release.Installs = []Install{{Kind: "Release", Name: "cert-manager", Version: "v1.2.3", Source: "oci://example.com/c"}}
	if release.With(unchanged, false).UpToDate {
		t.Error("a component would be installed")
	}
	if got := release.Installs[0].String(); got != "Release cert-manager v1.2.3 from oci://example.com/c" {
		t.Error(got)
	}
}
