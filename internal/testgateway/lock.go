// Package testgateway lets tests of several packages share the Gateway API of a cluster.
package testgateway

import (
	"context"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/internal/runlock"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

// Lock gives a test the Gateway API of the cluster until it ends: no other test creates or
// removes its CRDs meanwhile.
func Lock(t testing.TB, c *testcluster.Cluster) {
	t.Helper()
	lock, err := runlock.Acquire(t.Context(), runlock.Request{
		Client: c.Client(t), Namespace: metav1.NamespaceDefault, Release: "test-gateway-api", Wait: true,
	})
	if err != nil {
		t.Fatalf("lock the Gateway API: %v", err)
	}
	t.Cleanup(func() {
		if err := lock.Release(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
}
