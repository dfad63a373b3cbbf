package cmd

import (
	"context"
	"errors"
	"testing"
	"time"
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
