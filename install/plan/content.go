package plan

import (
	"reflect"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// noise are fields that the cluster writes.
var noise = [][]string{
	{"status"},
	{"metadata", "managedFields"}, {"metadata", "resourceVersion"}, {"metadata", "uid"}, {"metadata", "generation"},
	{"metadata", "creationTimestamp"}, {"metadata", "selfLink"}, {"metadata", "ownerReferences"},
	{"metadata", "finalizers"},
	{"spec", "template", "metadata", "creationTimestamp"},
}

// noisyAnnotations are written by the cluster or repeat the whole object.
var noisyAnnotations = []string{
	"kubectl.kubernetes.io/last-applied-configuration", "deployment.kubernetes.io/revision",
	"pv.kubernetes.io/bind-completed", "pv.kubernetes.io/bound-by-controller",
	"volume.kubernetes.io/storage-provisioner", "volume.beta.kubernetes.io/storage-provisioner",
}

// content returns an object without what the cluster writes; nil for none.
func content(o *unstructured.Unstructured) map[string]any {
	if o == nil {
		return nil
	}
	c := o.DeepCopy().Object
	for _, path := range noise {
		unstructured.RemoveNestedField(c, path...)
	}
	for _, name := range noisyAnnotations {
		unstructured.RemoveNestedField(c, "metadata", "annotations", name)
	}
	for _, group := range []string{"annotations", "labels"} {
		if m, _, _ := unstructured.NestedMap(c, "metadata", group); len(m) == 0 {
			unstructured.RemoveNestedField(c, "metadata", group)
		}
	}
	return c
}

func sameContent(a, b *unstructured.Unstructured) bool {
	return reflect.DeepEqual(content(a), content(b))
}

func hasPodTemplate(o *unstructured.Unstructured) bool {
	switch o.GetKind() {
	case "Deployment", "StatefulSet", "DaemonSet":
		return true
	}
	return false
}

func samePodTemplate(a, b *unstructured.Unstructured) bool {
	one, _, _ := unstructured.NestedMap(content(a), "spec", "template")
	other, _, _ := unstructured.NestedMap(content(b), "spec", "template")
	return reflect.DeepEqual(one, other)
}

// isSecret reports whether an object is a Secret.
func isSecret(c map[string]any) bool {
	kind, _ := c["kind"].(string)
	return strings.EqualFold(kind, "Secret")
}
