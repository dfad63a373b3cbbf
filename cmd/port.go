package cmd

import (
	"cmp"
	"context"
	"errors"

	"github.com/zenml-installer/zenml-installer/install"
	"github.com/zenml-installer/zenml-installer/install/connect"
	"github.com/zenml-installer/zenml-installer/install/event"
)

// defaultPort is the local port that the public guide uses.
const defaultPort = 8080

func preferredPort(chosen int) int { return cmp.Or(chosen, defaultPort) }

// portsTried is how many ports from the default one on are tried.
const portsTried = 20

// forward opens the tunnel on the chosen port and no other. Without a choice it
// uses the default port or the next one that is free.
func forward(
	ctx context.Context,
	engine *install.Engine,
	namespace, release string,
	chosen int,
	observe event.Observer,
) (*connect.Tunnel, error) {
	return forwardOn(ctx, engine, connect.ForwardRequest{Namespace: namespace, Release: release}, chosen, observe)
}

// forwardOn is forward for any request.
func forwardOn(
	ctx context.Context,
	engine *install.Engine,
	request connect.ForwardRequest,
	chosen int,
	observe event.Observer,
) (*connect.Tunnel, error) {
	request.LocalPort = preferredPort(chosen)
	for {
		tunnel, err := engine.Forward(ctx, request, observe)
		var taken *connect.PortInUseError
		if !errors.As(err, &taken) || chosen != 0 || request.LocalPort == defaultPort+portsTried {
			return tunnel, err
		}
		request.LocalPort++
	}
}

// keepTunnel keeps the tunnel of a successful install for Connect.
func (e *engine) keepTunnel(t *connect.Tunnel, failed error) {
	if t == nil {
		return
	}
	if failed != nil {
		t.Close()
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.tunnel = t
}

// keptTunnel returns the tunnel that an install opened, once, or nil. It ends with
// ctx.
func (e *engine) keptTunnel(ctx context.Context, observe event.Observer) *connect.Tunnel {
	e.mu.Lock()
	defer e.mu.Unlock()
	t := e.tunnel
	e.tunnel = nil
	if t == nil {
		return nil
	}
	t.Observe(observe)
	context.AfterFunc(ctx, t.Close)
	return t
}

// isOpened reports whether a page was opened early, once.
func (e *engine) isOpened(url string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	opened := e.opened == url
	e.opened = ""
	return opened
}
