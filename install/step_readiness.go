package install

import (
	"context"
	"time"

	"github.com/zenml-installer/zenml-installer/internal/poll"
)

// readinessStep waits until the watch sees every Deployment of the release
// available. Helm has waited as well, but the watch is what the user sees.
type readinessStep struct{}

func (readinessStep) name() string        { return "readiness" }
func (readinessStep) title(r *run) string { return "wait until the server is ready" }

func (readinessStep) run(ctx context.Context, r *run) error {
	if !r.watch.CanWatch("Deployment") {
		return nil
	}
	return poll.Until(ctx, 100*time.Millisecond, func() (bool, error) { return r.watch.DeploymentsReady(), nil })
}
