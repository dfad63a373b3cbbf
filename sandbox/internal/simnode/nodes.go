package simnode

import (
	"context"
	"fmt"
	"runtime"

	"golang.org/x/sync/errgroup"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
)

// CreateNodes makes count node objects, which kwok then brings to life.
func CreateNodes(ctx context.Context, client kubernetes.Interface, count int) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(32)
	for i := range count {
		group.Go(func() error {
			name := NodeName(i, count)
			_, err := client.CoreV1().Nodes().Create(ctx, node(name), metav1.CreateOptions{})
			if err != nil && !apierrors.IsAlreadyExists(err) {
				return fmt.Errorf("create node %s: %w", name, err)
			}
			return nil
		})
	}
	return group.Wait()
}

// NodeName returns the name of node i of count: "sandbox" if it is the only one.
func NodeName(i, count int) string {
	if count == 1 {
		return "sandbox"
	}
	return fmt.Sprintf("sandbox-%04d", i)
}

func node(name string) *corev1.Node {
	return &corev1.Node{ObjectMeta: metav1.ObjectMeta{
		Name: name,
		Labels: map[string]string{
			corev1.LabelHostname:    name,
			corev1.LabelOSStable:    "linux",
			corev1.LabelArchStable:  runtime.GOARCH,
			"sandbox.zenml.io/kind": "simulated",
			"node.kubernetes.io/exclude-from-external-load-balancers": "",
		},
	}}
}
