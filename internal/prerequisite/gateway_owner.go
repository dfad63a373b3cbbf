package prerequisite

import (
	"maps"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// ownerAnnotation names the namespace and the release that a Gateway was created for.
const ownerAnnotation = "zenml-installer/release"

// The annotations of cert-manager with the issuer of a Gateway's certificates.
const (
	issuerKey        = "cert-manager.io/issuer"
	clusterIssuerKey = "cert-manager.io/cluster-issuer"
)

func ownerOf(a answers.Answers) string { return a.Cluster.Namespace + "/" + a.Cluster.Release }

// OwnsGateway reports whether the installer created a Gateway for the release of another
// one, which it would create.
func OwnsGateway(wanted, found metav1.Object) bool {
	return IsOwn(found.GetLabels()) && found.GetAnnotations()[ownerAnnotation] == wanted.GetAnnotations()[ownerAnnotation]
}

// MergeGateway returns an existing Gateway with the class, the listeners, the labels and
// the annotations of a wanted one. Everything else is kept, such as further listeners.
func MergeGateway(found, wanted *unstructured.Unstructured) *unstructured.Unstructured {
	merged := found.DeepCopy()
	notes := merged.GetAnnotations()
	delete(notes, issuerKey)
	delete(notes, clusterIssuerKey)
	merged.SetAnnotations(with(notes, wanted.GetAnnotations()))
	merged.SetLabels(with(merged.GetLabels(), wanted.GetLabels()))
	class, _, _ := unstructured.NestedString(wanted.Object, "spec", "gatewayClassName")
	_ = unstructured.SetNestedField(merged.Object, class, "spec", "gatewayClassName")
	all, _, _ := unstructured.NestedSlice(merged.Object, "spec", "listeners")
	own := ListenerNames(wanted)
	all = slices.DeleteFunc(all, func(l any) bool { return slices.Contains(own, listenerName(l)) })
	added, _, _ := unstructured.NestedSlice(wanted.Object, "spec", "listeners")
	_ = unstructured.SetNestedSlice(merged.Object, append(added, all...), "spec", "listeners")
	return merged
}

func with(all, added map[string]string) map[string]string {
	merged := map[string]string{}
	maps.Copy(merged, all)
	maps.Copy(merged, added)
	return merged
}

// ListenerNames returns the names of a Gateway's listeners.
func ListenerNames(g *unstructured.Unstructured) []string {
	listeners, _, _ := unstructured.NestedSlice(g.Object, "spec", "listeners")
	var names []string
	for _, l := range listeners {
		names = append(names, listenerName(l))
	}
	return names
}

func listenerName(l any) string {
	fields, _ := l.(map[string]any)
	name, _ := fields["name"].(string)
	return name
}
