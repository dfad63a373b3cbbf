package checks

import (
	"context"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/labels"
)

// nodeArchitectures lists the architectures of the nodes that a selector
// chooses, sorted. Where the user may not list nodes it returns none.
func (e *Env) nodeArchitectures(ctx context.Context, selector map[string]string) ([]string, error) {
	seen, err := e.allNodes(ctx)
	if apierrors.IsForbidden(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	chosen, found := labels.SelectorFromSet(selector), map[string]bool{}
	for _, n := range seen.nodes {
		if architecture := n.labels[corev1.LabelArchStable]; architecture != "" && chosen.Matches(labels.Set(n.labels)) {
			found[architecture] = true
		}
	}
	return slices.Sorted(maps.Keys(found)), nil
}
