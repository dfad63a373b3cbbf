//go:build unix

// Package hangup notices that the user's terminal is gone.
package hangup

import (
	"context"
	"os/signal"
	"syscall"
)

// Until ends the context when the terminal is closed or disconnected. It leaves the
// signal ignored under nohup.
func Until(ctx context.Context) (context.Context, context.CancelFunc) {
	if signal.Ignored(syscall.SIGHUP) {
		return context.WithCancel(ctx)
	}
	return signal.NotifyContext(ctx, syscall.SIGHUP)
}
