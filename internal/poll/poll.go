package poll

import (
	"context"
	"time"
)

// Until asks at once and then regularly until done, an error, or the end of
// ctx, whose cause it then returns.
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
