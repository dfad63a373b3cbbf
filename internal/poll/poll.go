package poll

import (
	"context"
	"time"
)

// Until calls ask at once and then at an interval until it returns true or an
// error, or ctx is done; then it returns ctx's cause.
func Until(ctx context.Context, every time.Duration, ask func() (bool, error)) error {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		done, err := ask()
		if ctx.Err() != nil && (err != nil || !done) {
			return context.Cause(ctx)
		}
		if done || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
		case <-ticker.C:
		}
	}
}
