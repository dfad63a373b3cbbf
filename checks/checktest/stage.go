package checktest

import (
	"context"
	"testing"
	"time"

	"github.com/zenml-installer/zenml-installer/internal/testcluster"
	"k8s.io/client-go/kubernetes"
)

// ContextOf is the test's context, which does not end before its clean-up.
func ContextOf(t *testing.T) context.Context { return context.WithoutCancel(t.Context()) }

// WaitFor polls until a fact is there.
func WaitFor(t *testing.T, what string, is func() bool) {
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

// Stage is a namespace of the sandbox in which a test builds what its server
// meets.
type Stage struct {
	*testcluster.Cluster
	T         *testing.T
	Client    kubernetes.Interface
	Namespace string
}

// NewStage makes a namespace of its own for the test.
func NewStage(t *testing.T) *Stage {
	t.Helper()
	c := testcluster.Start(t)
	return &Stage{Cluster: c, T: t, Client: c.Client(t), Namespace: c.Namespace(t)}
}
