//go:build !unix

package cmd

import "context"

// untilHangup does nothing here: there is no such signal.
func untilHangup(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithCancel(ctx)
}
