package cmd

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

// TestTimeoutStay keeps what stays open, and ends it with the command before.
func TestTimeoutStay(t *testing.T) {
	for name, stays := range map[string]bool{"before the server answers": false, "after it": true} {
		t.Run(name, func(t *testing.T) {
			parent, interrupt := context.WithCancel(t.Context())
			defer interrupt()
			ctx, cancel := common{timeout: 50 * time.Millisecond}.within(parent)
			defer cancel()
			open, stay := untilStay(ctx)
			if stays {
				stay()
			}
			<-ctx.Done()
			select {
			case <-open.Done():
				var expired *timeoutError
				if stays || !errors.As(context.Cause(open), &expired) {
					t.Errorf("ended: %v", context.Cause(open))
				}
			case <-time.After(100 * time.Millisecond):
				if !stays {
					t.Error("still open")
				}
			}
			interrupt()
			<-open.Done()
		})
	}
}

// TestTimeoutOfUnschedulable names what the pod waits for, and what to do about it.
func TestTimeoutOfUnschedulable(t *testing.T) {
	t.Parallel()
	c := testcluster.Start(t)
	p, namespace := newPlace(t).at(c), c.Namespace(t)
	p.install(c, "current", "minimal.yaml", namespace, "--answer", "server.resources.requests={memory: 900Gi}", "--skip",
		"cluster.capacity", "--timeout", "90s").want(t, exitInstall, "not ready after", "Unschedulable", "Insufficient memory",
		"What to do: lower server.resources.requests")
}

func TestTimeoutFlag(t *testing.T) {
	newPlace(t).runs("version", "--timeout", "0s").want(t, exitUsage, "--timeout 0s: must be positive")
}

func TestExplainTimeout(t *testing.T) {
	ctx, cancel := common{timeout: time.Nanosecond}.within(t.Context())
	defer cancel()
	<-ctx.Done()
	if err := explainTimeout(ctx, ctx.Err()); !errors.Is(err, context.Cause(ctx)) {
		t.Errorf("%v does not name --timeout", err)
	}
	other := errors.New("other")
	if err := explainTimeout(ctx, other); !errors.Is(err, other) || errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
}

// TestOutOfTime gives an install that runs out of time outside the preflight its exit
// code, and keeps those of other errors.
func TestOutOfTime(t *testing.T) {
	c := common{timeout: time.Nanosecond}
	expired, cancel := c.within(t.Context())
	defer cancel()
	<-expired.Done()
	interrupted, interrupt := context.WithCancel(t.Context())
	interrupt()
	late := fmt.Errorf("read release: %w", context.DeadlineExceeded)
	for name, test := range map[string]struct {
		ctx  context.Context
		err  error
		want int
	}{
		"late":                    {expired, late, exitInstall},
		"late secret":             {expired, usage(late), exitInstall},
		"late preflight":          {expired, &failure{code: exitPreflight, err: late}, exitPreflight},
		"in time":                 {t.Context(), errors.New("no"), exitUnexpected},
		"usage":                   {t.Context(), usagef("no"), exitUsage},
		"interrupted in a secret": {interrupted, usage(context.Canceled), exitInterrupted},
		"no error":                {expired, nil, exitDone},
	} {
		t.Run(name, func(t *testing.T) {
			err := outOfTime(test.ctx, exitInstall, test.err)
			if exitCode(err) != test.want {
				t.Errorf("exit code %d, want %d: %v", exitCode(err), test.want, err)
			}
			if test.want == exitInstall && !strings.Contains(err.Error(), "did not finish within 1ns") {
				t.Errorf("the limit is not named: %v", err)
			}
		})
	}
}
