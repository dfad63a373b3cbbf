//go:build unix

package cmd

import (
	"context"
	"os/signal"
	"syscall"
)

// untilHangup ends the context when the terminal is closed or disconnected. It
// leaves the signal ignored under nohup.
func untilHangup(ctx context.Context) (context.Context, context.CancelFunc) {
	if signal.Ignored(syscall.SIGHUP) {
		return context.WithCancel(ctx)
	}
	return signal.NotifyContext(ctx, syscall.SIGHUP)
}
