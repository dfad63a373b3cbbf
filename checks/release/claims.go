package release

import (
	"fmt"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Claim is an object that the install will write.
type Claim struct {
	Kind     schema.GroupVersionKind
	Name     string
	Hook     bool // Helm makes it for a moment, and does not own it
	Prepared bool // the installer makes it before the release
}

// ClaimOf returns the claim of a rendered object.
func ClaimOf(o manifest.Object) Claim {
	return Claim{Kind: o.GroupVersionKind(), Name: o.GetName(), Hook: len(o.Hooks()) > 0}
}

// OwnerOf says whose an object is, and whether that is this release.
func OwnerOf(e *check.Env, found *metav1.PartialObjectMetadata, c Claim) (owner string, ours bool) {
	labels, notes := found.Labels, found.Annotations
	release, namespace := notes["meta.helm.sh/release-name"], notes["meta.helm.sh/release-namespace"]
	switch {
	case release != "":
		return fmt.Sprintf("the Helm release %s/%s", namespace, release), release == e.Release() && namespace == e.Namespace()
	case labels[manifest.LabelManagedBy] == manifest.Installer:
		return "an install of " + labels[manifest.LabelInstance], labels[manifest.LabelInstance] == e.Release() && c.Prepared
	case c.Hook && labels[manifest.LabelManagedBy] == "Helm":
		return "the Helm release " + labels[manifest.LabelInstance], labels[manifest.LabelInstance] == e.Release()
	case labels[manifest.LabelManagedBy] != "":
		return labels[manifest.LabelManagedBy], false
	}
	return "someone else (it has no owner's mark)", false
}

// ClusterKinds have no namespace; the chart renders none of them today.
var ClusterKinds = map[string]bool{
	"Namespace": true, "ClusterRole": true, "ClusterRoleBinding": true, "PersistentVolume": true,
	"StorageClass": true, "IngressClass": true, "PriorityClass": true, "ClusterIssuer": true, "GatewayClass": true,
	"ValidatingWebhookConfiguration": true, "MutatingWebhookConfiguration": true, "CustomResourceDefinition": true,
}
