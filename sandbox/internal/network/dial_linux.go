package network

import (
	"context"
	"fmt"
	"net"
	"runtime"

	"github.com/vishvananda/netns"
)

// Answers returns nil if something accepts TCP connections at address (an IP
// and a port) in the network namespace of the process pid.
func Answers(ctx context.Context, pid int, address string) error {
	result := make(chan error, 1)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with this goroutine, and its namespace with it
		result <- dialInside(ctx, pid, address)
	}()
	return <-result
}

func dialInside(ctx context.Context, pid int, address string) error {
	namespace, err := netns.GetFromPid(pid)
	if err != nil {
		return fmt.Errorf("open the node's network namespace: %w", err)
	}
	defer func() { _ = namespace.Close() }()
	if err := netns.Set(namespace); err != nil {
		return fmt.Errorf("enter the node's network namespace: %w", err)
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp4", address)
	if err != nil {
		return err
	}
	return conn.Close()
}
