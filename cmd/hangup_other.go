//go:build !unix

package cmd

import "context"

// untilHangup has nothing to wait for: there is no such signal.
func untilHangup(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithCancel(ctx)
}
