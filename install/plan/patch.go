package plan

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
	"k8s.io/client-go/kubernetes/scheme"

	"github.com/zenml-installer/zenml-installer/install"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
)

// owned returns a rendered object with the namespace, labels and annotations
// that Helm adds.
func owned(o manifest.Object, plan install.Plan) *unstructured.Unstructured {
	u := o.DeepCopy()
	if u.GetNamespace() == "" && !clusterWide[u.GetKind()] {
		u.SetNamespace(plan.Namespace)
	}
	if len(o.Hooks()) > 0 {
		return u
	}
	labels, annotations := u.GetLabels(), u.GetAnnotations()
	u.SetLabels(with(labels, map[string]string{manifest.LabelManagedBy: "Helm"}))
	u.SetAnnotations(with(annotations, map[string]string{
		"meta.helm.sh/release-name": plan.Release, "meta.helm.sh/release-namespace": plan.Namespace,
	}))
	return u
}

// clusterWide are the kinds without a namespace that a chart may contain.
var clusterWide = map[string]bool{
	"Namespace": true, "ClusterRole": true, "ClusterRoleBinding": true, "PersistentVolume": true, "StorageClass": true,
	"PriorityClass": true, "IngressClass": true, "GatewayClass": true, "ClusterIssuer": true,
	"CustomResourceDefinition": true, "ValidatingWebhookConfiguration": true, "MutatingWebhookConfiguration": true,
}

func with(m, more map[string]string) map[string]string {
	if m == nil {
		m = map[string]string{}
	}
	maps.Copy(m, more)
	return m
}

// patched returns an existing object as it is after the patch that Helm sends:
// the API server applies it in a dry run. Without the permission to patch, or if
// the API server refuses it, the patch is applied on this machine.
func (c *comparison) patched(
	ctx context.Context, old, live, planned *unstructured.Unstructured,
) (after *unstructured.Unstructured, note string, err error) {
	patch, kind, err := helmPatch(old, live, planned)
	if err != nil || string(patch) == "{}" {
		return live, "", err
	}
	resource, err := c.resource(planned)
	if err != nil {
		return nil, "", err
	}
	after, err = resource.Patch(ctx, planned.GetName(), kind, patch, metav1.PatchOptions{
		DryRun: []string{metav1.DryRunAll}, FieldManager: manifest.Installer,
	})
	switch {
	case err == nil:
		return after, "", nil
	case ctx.Err() != nil:
		return nil, "", context.Cause(ctx)
	case apierrors.IsForbidden(err):
		c.local = true
	case apierrors.IsInvalid(err), apierrors.IsBadRequest(err):
		note = fmt.Sprintf("the API server refuses this change: %v", err)
	default:
		return nil, "", err
	}
	after, err = applied(live, patch, kind)
	return after, note, err
}

// helmPatch returns the patch that Helm computes from the deployed manifest, the
// live object and the new manifest.
func helmPatch(old, live, planned *unstructured.Unstructured) ([]byte, types.PatchType, error) {
	original := []byte("{}")
	var err error
	if old != nil {
		if original, err = json.Marshal(old); err != nil {
			return nil, "", err
		}
	}
	wanted, err := json.Marshal(planned)
	if err != nil {
		return nil, "", err
	}
	current, err := json.Marshal(live)
	if err != nil {
		return nil, "", err
	}
	typed, known := typedObject(planned)
	if !known {
		patch, err := jsonpatch.CreateMergePatch(original, wanted)
		return patch, types.MergePatchType, err
	}
	schema, err := strategicpatch.NewPatchMetaFromStruct(typed)
	if err != nil {
		return nil, "", err
	}
	patch, err := strategicpatch.CreateThreeWayMergePatch(original, wanted, current, schema, true)
	return patch, types.StrategicMergePatchType, err
}

// applied applies a patch to an object on this machine.
func applied(live *unstructured.Unstructured, patch []byte, kind types.PatchType) (*unstructured.Unstructured, error) {
	current, err := json.Marshal(live)
	if err != nil {
		return nil, err
	}
	if typed, known := typedObject(live); known && kind == types.StrategicMergePatchType {
		current, err = strategicpatch.StrategicMergePatch(current, patch, typed)
	} else {
		current, err = jsonpatch.MergePatch(current, patch)
	}
	if err != nil {
		return nil, err
	}
	after := &unstructured.Unstructured{}
	return after, after.UnmarshalJSON(current)
}

// typedObject returns an empty object of the Go type, if it is a built-in one.
func typedObject(o *unstructured.Unstructured) (runtime.Object, bool) {
	typed, err := scheme.Scheme.New(o.GroupVersionKind())
	return typed, err == nil
}
