package prerequisite

import (
	"reflect"
	"testing"

	"github.com/zenml-installer/zenml-installer/internal/gatewayapi"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
)

// TestMarkOwn compares what is applied with what the Gateway API publishes: it has one
// more label.
func TestMarkOwn(t *testing.T) {
	crds, err := gatewayapi.CRDs()
	if err != nil {
		t.Fatal(err)
	}
	published, _ := gatewayapi.CRDs()
	markOwn(crds)
	labels := 0
	for i, c := range crds {
		got := c.GetLabels()
		if !IsOwn(got) {
			t.Errorf("%s has labels %v", c.GetName(), got)
		}
		delete(got, manifest.LabelManagedBy)
		labels += len(got)
		if c.SetLabels(got); len(got) == 0 {
			c.SetLabels(nil)
		}
		if !reflect.DeepEqual(c.Object, published[i].Object) {
			t.Errorf("%s: %v\nwant %v", c.GetName(), c.Object["metadata"], published[i].Object["metadata"])
		}
	}
	if labels == 0 {
		t.Error("no CRD has labels of its own")
	}
}
