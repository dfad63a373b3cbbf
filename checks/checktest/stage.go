package checktest

import (
	"context"
	"testing"
	"time"

	"k8s.io/client-go/kubernetes"

	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

// ContextOf returns the test's context without its cancellation, for clean-ups.
func ContextOf(t *testing.T) context.Context { return context.WithoutCancel(t.Context()) }

// WaitFor polls until a condition is true.
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

// Stage is a namespace of the sandbox for one test.
type Stage struct {
	*testcluster.Cluster
	T         *testing.T
	Client    kubernetes.Interface
	Namespace string
}

// NewStage creates a namespace for the test.
func NewStage(t *testing.T) *Stage {
	t.Helper()
	c := testcluster.Start(t)
	return &Stage{Cluster: c, T: t, Client: c.Client(t), Namespace: c.Namespace(t)}
}
