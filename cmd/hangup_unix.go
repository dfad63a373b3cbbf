//go:build unix

package cmd

import (
	"context"
	"os/signal"
	"syscall"
)

// untilHangup ends the context when the terminal goes away: its window is
// closed, or the connection to it is lost. Where nohup has the signal ignored,
// it stays so.
func untilHangup(ctx context.Context) (context.Context, context.CancelFunc) {
	if signal.Ignored(syscall.SIGHUP) {
		return context.WithCancel(ctx)
	}
	return signal.NotifyContext(ctx, syscall.SIGHUP)
}
