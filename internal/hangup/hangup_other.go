//go:build !unix

// Package hangup notices that the user's terminal is gone.
package hangup

import "context"

// Until returns ctx: this system has no SIGHUP.
func Until(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithCancel(ctx)
}
