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

// forward opens the tunnel on the chosen port and no other. Without a choice it
// uses the default port, or any free port if that is in use.
func forward(
	ctx context.Context,
	engine *install.Engine,
	namespace, release string,
	chosen int,
	observe event.Observer,
) (*connect.Tunnel, error) {
	request := connect.ForwardRequest{Namespace: namespace, Release: release, LocalPort: preferredPort(chosen)}
	tunnel, err := engine.Forward(ctx, request, observe)
	var taken *connect.PortInUseError
	if errors.As(err, &taken) && chosen == 0 {
		request.LocalPort = 0
		return engine.Forward(ctx, request, observe)
	}
	return tunnel, err
}
