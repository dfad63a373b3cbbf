package supply

import (
	"context"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/nodes"
)

// nodeArchitectures returns the architectures of the nodes that a selector
// matches, sorted; none if the user cannot list nodes.
func nodeArchitectures(ctx context.Context, e *check.Env, selector map[string]string) ([]string, error) {
	seen, err := nodes.All(ctx, e)
	if apierrors.IsForbidden(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	chosen, found := labels.SelectorFromSet(selector), map[string]bool{}
	for _, n := range seen.Nodes {
		architecture := n.Labels[corev1.LabelArchStable]
		if architecture != "" && chosen.Matches(labels.Set(n.Labels)) {
			found[architecture] = true
		}
	}
	return slices.Sorted(maps.Keys(found)), nil
}
