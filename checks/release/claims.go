package release

import (
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
)

// Claim is an object that the install creates or changes.
type Claim struct {
	Kind     schema.GroupVersionKind
	Name     string
	Hook     bool // a Helm hook, which the release does not own
	Prepared bool // created by the installer before the release
}

// ClaimOf returns the claim of a rendered object.
func ClaimOf(o manifest.Object) Claim {
	return Claim{Kind: o.GroupVersionKind(), Name: o.GetName(), Hook: len(o.Hooks()) > 0}
}

// OwnerOf returns the owner of an object, and whether that is this release.
func OwnerOf(e *check.Env, found *metav1.PartialObjectMetadata, c Claim) (owner string, ours bool) {
	labels, notes := found.Labels, found.Annotations
	release, namespace := notes["meta.helm.sh/release-name"], notes["meta.helm.sh/release-namespace"]
	switch {
	case release != "":
		return fmt.Sprintf(
				"the Helm release %s/%s",
				namespace,
				release,
			), release == e.Release() &&
				namespace == e.Namespace()
	case labels[manifest.LabelManagedBy] == manifest.Installer:
		return "the install " + labels[manifest.LabelInstance], labels[manifest.LabelInstance] == e.Release() &&
			c.Prepared
	case c.Hook && labels[manifest.LabelManagedBy] == "Helm":
		return "the Helm release " + labels[manifest.LabelInstance], labels[manifest.LabelInstance] == e.Release()
	case labels[manifest.LabelManagedBy] != "":
		return labels[manifest.LabelManagedBy], false
	}
	return "someone else (it has no owner labels)", false
}

// ClusterKinds are cluster-scoped kinds. The chart renders none of them today.
var ClusterKinds = map[string]bool{
	"Namespace": true, "ClusterRole": true, "ClusterRoleBinding": true, "PersistentVolume": true,
	"StorageClass": true, "IngressClass": true, "PriorityClass": true, "ClusterIssuer": true, "GatewayClass": true,
	"ValidatingWebhookConfiguration": true, "MutatingWebhookConfiguration": true, "CustomResourceDefinition": true,
}
