package checks

import (
	"fmt"

	"github.com/zenml-installer/zenml-installer/internal/manifest"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// claimed is an object that the install will write.
type claimed struct {
	kind     schema.GroupVersionKind
	name     string
	hook     bool // Helm makes it for a moment, and does not own it
	prepared bool // the installer makes it before the release
}

// claimOf returns the claim of a rendered object.
func claimOf(o manifest.Object) claimed {
	return claimed{kind: o.GroupVersionKind(), name: o.GetName(), hook: len(o.Hooks()) > 0}
}

// ownerOf says whose an object is, and whether that is this release.
func (e *Env) ownerOf(found *metav1.PartialObjectMetadata, c claimed) (owner string, ours bool) {
	labels, notes := found.Labels, found.Annotations
	release, namespace := notes["meta.helm.sh/release-name"], notes["meta.helm.sh/release-namespace"]
	switch {
	case release != "":
		return fmt.Sprintf("the Helm release %s/%s", namespace, release), release == e.release() && namespace == e.namespace()
	case labels[manifest.LabelManagedBy] == manifest.Installer:
		return "an install of " + labels[manifest.LabelInstance], labels[manifest.LabelInstance] == e.release() && c.prepared
	case c.hook && labels[manifest.LabelManagedBy] == "Helm":
		return "the Helm release " + labels[manifest.LabelInstance], labels[manifest.LabelInstance] == e.release()
	case labels[manifest.LabelManagedBy] != "":
		return labels[manifest.LabelManagedBy], false
	}
	return "someone else (it has no owner's mark)", false
}

// clusterKinds have no namespace; the chart renders none of them today.
var clusterKinds = map[string]bool{
	"Namespace": true, "ClusterRole": true, "ClusterRoleBinding": true, "PersistentVolume": true,
	"StorageClass": true, "IngressClass": true, "PriorityClass": true, "ClusterIssuer": true, "GatewayClass": true,
	"ValidatingWebhookConfiguration": true, "MutatingWebhookConfiguration": true, "CustomResourceDefinition": true,
}
