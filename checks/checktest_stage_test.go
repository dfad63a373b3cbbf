package checks

import (
	"context"
	"testing"
	"time"

	"github.com/zenml-installer/zenml-installer/internal/testcluster"
	"k8s.io/client-go/kubernetes"
)

// contextOf is the test's context, which does not end before its clean-up.
func contextOf(t *testing.T) context.Context { return context.WithoutCancel(t.Context()) }

// waitFor polls until a fact is there.
func waitFor(t *testing.T, what string, is func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	ticker := time.NewTicker(100 * time.Millisecond)
	defer ticker.Stop()
	for !is() {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			t.Fatalf("after a minute: %s", what)
		}
	}
}

// stage builds what stands in front of a server in a cluster.
type stage struct {
	*testcluster.Cluster
	t         *testing.T
	client    kubernetes.Interface
	namespace string
}

func newStage(t *testing.T) *stage {
	t.Helper()
	c := testcluster.Start(t)
	return &stage{Cluster: c, t: t, client: c.Client(t), namespace: c.Namespace(t)}
}
