package answers

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestFaultsByField names entries of collections in the summary.
func TestFaultsByField(t *testing.T) {
	given := Faults{
		{Key: "server.resources.requests.memory", Summary: "not a quantity"}, {Key: "certificates.customCAs[1].name", Summary: "empty"},
		{Key: "database.type", Summary: "missing"}, {Key: "server.nosuch.key", Summary: "unknown"}, {Summary: "two modes"},
	}
	want := Faults{
		{Key: "server.resources.requests", Summary: "memory: not a quantity"},
		{Key: "certificates.customCAs", Summary: "[1].name: empty"}, {Key: "database.type", Summary: "missing"},
		{Key: "server.nosuch.key", Summary: "unknown"}, {Summary: "two modes"},
	}
	if diff := cmp.Diff(want, given.ByField()); diff != "" {
		t.Error(diff)
	}
	if given[0].Key != "server.resources.requests.memory" {
		t.Error("the given faults were changed")
	}
}
