package admission

import (
	"context"
	"encoding/json"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/jsonmergepatch"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes/scheme"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/release"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
)

// tryPatch tries the patch that Helm would send: it removes what the release no
// longer has and keeps what others set.
func tryPatch(
	ctx context.Context, e *check.Env, objects dynamic.ResourceInterface, wanted, live *unstructured.Unstructured,
) error {
	kind, patch, err := helmPatch(previous(ctx, e, wanted), wanted, live)
	if err != nil || string(patch) == "{}" {
		return err
	}
	_, err = objects.Patch(ctx, live.GetName(), kind, patch, metav1.PatchOptions{DryRun: []string{metav1.DryRunAll}})
	return err
}

// previous returns the object as last rendered by the release, or the wanted
// object if that cannot be read.
func previous(ctx context.Context, e *check.Env, wanted *unstructured.Unstructured) *unstructured.Unstructured {
	release, err := release.FindDeployed(ctx, e)
	if err != nil || release == nil {
		return wanted
	}
	objects, err := manifest.Parse([]byte(release.Manifest))
	if err != nil {
		return wanted
	}
	for _, o := range manifest.Find(objects, wanted.GetKind(), wanted.GetName()) {
		return &o.Unstructured
	}
	return wanted
}

// helmPatch returns a three-way merge patch: a strategic merge for built-in
// kinds, a JSON merge for others.
func helmPatch(previous, wanted, live *unstructured.Unstructured) (types.PatchType, []byte, error) {
	texts := make([][]byte, 3)
	for i, o := range []*unstructured.Unstructured{previous, wanted, live} {
		text, err := json.Marshal(o.Object)
		if err != nil {
			return "", nil, err
		}
		texts[i] = text
	}
	typed, err := scheme.Scheme.New(wanted.GroupVersionKind())
	if err != nil {
		patch, err := jsonmergepatch.CreateThreeWayJSONMergePatch(texts[0], texts[1], texts[2])
		return types.MergePatchType, patch, err
	}
	rules, err := strategicpatch.NewPatchMetaFromStruct(typed)
	if err != nil {
		return "", nil, err
	}
	patch, err := strategicpatch.CreateThreeWayMergePatch(texts[0], texts[1], texts[2], rules, true)
	return types.StrategicMergePatchType, patch, err
}
