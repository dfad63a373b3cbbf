package cmd

import (
	"context"
	"errors"

	"github.com/zenml-installer/zenml-installer/install"
	"github.com/zenml-installer/zenml-installer/install/connect"
	"github.com/zenml-installer/zenml-installer/install/event"
)

// usualPort is the local port that the public guide uses.
const defaultPort = 8080

func preferredPort(chosen int) int {
	if chosen != 0 {
		return chosen
	}
	return defaultPort
}

// forward opens the tunnel on the port that the user chose, and on no other;
// without a choice on the usual one, or on any when that is taken.
func forward(ctx context.Context, engine *install.Engine, namespace, release string, chosen int, observe event.Observer) (*connect.Tunnel, error) {
	request := connect.ForwardRequest{Namespace: namespace, Release: release, LocalPort: preferredPort(chosen)}
	tunnel, err := engine.Forward(ctx, request, observe)
	var taken *connect.PortInUseError
	if errors.As(err, &taken) && chosen == 0 {
		request.LocalPort = 0
		return engine.Forward(ctx, request, observe)
	}
	return tunnel, err
}
