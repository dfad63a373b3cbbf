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

	"k8s.io/apimachinery/pkg/types"

	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/internal/kube"
)

// ForwardRequest selects the server and the local port.
type ForwardRequest struct {
	Namespace, Release string
	LocalPort          int    // 0 selects a free port
	Address            string // to listen on; the default is 127.0.0.1

	// Starting also selects pods that run but are not ready. Connections wait
	// until the server listens.
	Starting bool
	// Except excludes pods while Starting selects them.
	Except map[types.UID]bool
}

// PortInUseError means that the local port is in use.
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

// attachTime is how long Forward waits for a ready pod. An established tunnel
// waits until it is closed.
const attachTime = 30 * time.Second

// Forward listens on a local port and forwards connections to a ready pod of
// the release's server, by WebSocket if the API server supports it, otherwise
// by SPDY. The port stays open when the pod is replaced or the connection is
// lost: new connections wait for the next ready pod.
//
// It returns when it is connected to the first pod. The tunnel ends when ctx is
// done or on Close. Errors are *PortInUseError, *NoPodError and those of the
// cluster.
func Forward(
	ctx context.Context,
	access *kube.Access,
	request ForwardRequest,
	observe event.Observer,
) (*Tunnel, error) {
	request.Address = cmp.Or(request.Address, "127.0.0.1")
	pods, err := newPodFinder(ctx, access, request)
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
