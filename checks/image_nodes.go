package checks

import (
	"context"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/metadata"
)

// nodeArchitectures lists the architectures of the nodes that a selector
// chooses, sorted. It asks for the nodes' metadata alone, page by page. Where
// the user may not list nodes it returns none.
func (e *Env) nodeArchitectures(ctx context.Context, selector map[string]string) ([]string, error) {
	config, err := e.Cluster.Config()
	if err != nil {
		return nil, err
	}
	client, err := metadata.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	found := map[string]bool{}
	options := metav1.ListOptions{LabelSelector: labels.SelectorFromSet(selector).String()}
	err = eachItem(ctx, options, func(ctx context.Context, o metav1.ListOptions) (runtime.Object, error) {
		return client.Resource(corev1.SchemeGroupVersion.WithResource("nodes")).List(ctx, o)
	}, func(o runtime.Object) error {
		if node, ok := o.(*metav1.PartialObjectMetadata); ok && node.Labels[corev1.LabelArchStable] != "" {
			found[node.Labels[corev1.LabelArchStable]] = true
		}
		return nil
	})
	if apierrors.IsForbidden(err) {
		return nil, nil
	}
	return slices.Sorted(maps.Keys(found)), kubeError(err)
}
