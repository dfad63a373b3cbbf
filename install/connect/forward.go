package connect

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"syscall"
	"time"

	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/internal/kube"
)

// ForwardRequest says what to forward and where to.
type ForwardRequest struct {
	Namespace, Release string
	LocalPort          int    // 0 takes any free one
	Address            string // to listen on; empty means 127.0.0.1
}

// PortInUseError says that the wanted local port is taken.
type PortInUseError struct {
	Address string
	Port    int
	Err     error
}

func (e *PortInUseError) Error() string {
	return fmt.Sprintf(
		"local port %d on %s is in use (use another with --port, or 0 for any free one)",
		e.Port,
		e.Address,
	)
}

// Unwrap returns the system's error.
func (e *PortInUseError) Unwrap() error { return e.Err }

// attachTime is how long Forward looks for a ready pod before it gives up;
// afterwards, a tunnel looks for as long as it lives.
const attachTime = 30 * time.Second

// Forward listens on a local port and carries connections to a ready pod of
// the release's server, by WebSocket where the API server has it, else by
// SPDY. The port stays the same, and stays open, when the pod is replaced or
// the connection lost: connections made meanwhile wait for the next ready pod.
//
// It returns when the first pod is attached. The tunnel ends with ctx or with
// Close. Errors: *PortInUseError, *NoPodError, and what the cluster says.
func Forward(
	ctx context.Context,
	access *kube.Access,
	request ForwardRequest,
	observe event.Observer,
) (*Tunnel, error) {
	request.Address = cmp.Or(request.Address, "127.0.0.1")
	pods, err := newPodFinder(ctx, access, request.Namespace, request.Release)
	if err != nil {
		return nil, err
	}
	listener, err := listen(ctx, request)
	if err != nil {
		pods.stop()
		return nil, err
	}
	t := newTunnel(ctx, listener, pods, event.NewEmitter(observe))
	if err := t.begin(ctx); err != nil {
		t.Close()
		return nil, err
	}
	return t, nil
}

// addressInUseWindows is WSAEADDRINUSE.
const addressInUseWindows = syscall.Errno(10048)

func listen(ctx context.Context, request ForwardRequest) (net.Listener, error) {
	address := net.JoinHostPort(request.Address, strconv.Itoa(request.LocalPort))
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) || errors.Is(err, addressInUseWindows) {
		return nil, &PortInUseError{Address: request.Address, Port: request.LocalPort, Err: err}
	}
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", address, err)
	}
	return listener, nil
}
