package prerequisite

import (
	"maps"
	"reflect"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// TestMergeGateway changes only what the installer created.
func TestMergeGateway(t *testing.T) {
	a := throughGateway()
	found := Gateway(a)
	found.SetFinalizers([]string{"example.com/keep"})
	found.SetResourceVersion("7")
	notes := found.GetAnnotations()
	notes["example.com/team"] = "web"
	found.SetAnnotations(notes)
	listeners, _, _ := unstructured.NestedSlice(found.Object, "spec", "listeners")
	shop := map[string]any{"name": "shop", "protocol": "HTTP", "port": int64(8080)}
	_ = unstructured.SetNestedSlice(found.Object, append(listeners, shop), "spec", "listeners")
	_ = unstructured.SetNestedField(found.Object, "Infrastructure", "spec", "infrastructure", "labels", "kind")

	a.Prerequisites.Gateway.Class, a.Expose.TLS.SecretName = "example", "own-tls"
	a.Expose.TLS.Issuer.Kind = answers.NamespaceIssuer
	merged := MergeGateway(found, Gateway(a))

	if got := ListenerNames(merged); !reflect.DeepEqual(got, []string{"http", "https", "shop"}) {
		t.Errorf("listeners %v", got)
	}
	want := maps.Clone(Gateway(a).GetAnnotations())
	want["example.com/team"] = "web"
	if got := merged.GetAnnotations(); !reflect.DeepEqual(got, want) {
		t.Errorf("annotations %v, want %v", got, want)
	}
	spec, _, _ := unstructured.NestedMap(merged.Object, "spec")
	if spec["gatewayClassName"] != "example" || spec["infrastructure"] == nil || merged.GetResourceVersion() != "7" ||
		len(merged.GetFinalizers()) != 1 {
		t.Errorf("merged %v", merged.Object)
	}
	if again := MergeGateway(merged, Gateway(a)); !reflect.DeepEqual(again, merged) {
		t.Errorf("merged again: %v", again.Object)
	}
}

// TestOwnsGateway distinguishes the Gateways of two releases.
func TestOwnsGateway(t *testing.T) {
	a := throughGateway()
	a.Cluster.Release = "zenml"
	found := Gateway(a)
	if !OwnsGateway(Gateway(a), found) {
		t.Error("the release's own")
	}
	a.Cluster.Namespace = "other"
	if OwnsGateway(Gateway(a), found) {
		t.Error("of a release in another namespace")
	}
	found.SetLabels(nil)
	if a.Cluster.Namespace = "zenml"; OwnsGateway(Gateway(a), found) {
		t.Error("without the label")
	}
}
