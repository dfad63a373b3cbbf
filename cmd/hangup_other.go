//go:build !unix

package cmd

import "context"

// untilHangup returns ctx: this system has no SIGHUP.
func untilHangup(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithCancel(ctx)
}
