package install

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"
)

// renderTime limits Helm's rendering of the templates. The same chart and values
// have been rendered before, within tighter limits and without the cluster, so that
// only templates that read the cluster or the clock can take longer.
const renderTime = time.Minute

// errRenderTime is the error of a rendering that takes too long.
var errRenderTime = errors.New("its templates read the cluster or the clock and do not finish: use another version of " +
	"the chart")

// renderGate is a post-renderer that changes nothing. Helm calls it after rendering
// and before it writes anything, so until then Helm can be abandoned: a template
// that never ends cannot be cancelled.
type renderGate struct{ state atomic.Int32 }

// The states of a renderGate.
const (
	gateRendering int32 = iota
	gatePassed
	gateAbandoned
)

// Run returns the manifests as they are, or an error if Helm was abandoned.
func (g *renderGate) Run(manifests *bytes.Buffer) (*bytes.Buffer, error) {
	if !g.state.CompareAndSwap(gateRendering, gatePassed) && g.state.Load() == gateAbandoned {
		return nil, errRenderTime
	}
	return manifests, nil
}

// wait returns Helm's result. While Helm renders, it returns early when ctx is done
// or the limit is exceeded; afterwards Helm itself ends soon after ctx.
func (g *renderGate) wait(ctx context.Context, done <-chan error, limit time.Duration) error {
	late := time.NewTimer(limit)
	defer late.Stop()
	var err error
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		err = context.Cause(ctx)
	case <-late.C:
		err = fmt.Errorf("the chart was not rendered within %s: %w", limit, errRenderTime)
	}
	if g.state.CompareAndSwap(gateRendering, gateAbandoned) {
		return err
	}
	return <-done
}
