package supervisor

import (
	"context"
	"fmt"
	"net"
	"path/filepath"

	"github.com/zenml-installer/zenml-installer/sandbox/internal/controlplane"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/ports"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/publish"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/registry"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/state"
)

// Ports in a real node's network namespace, where all ports are free.
const (
	realAPIPort    = 6443
	realEtcdClient = 2379
	realEtcdPeer   = 2380
)

// endpoints picks and reserves the control plane's ports.
func (s *Supervisor) endpoints() (controlplane.Endpoints, error) {
	address := s.host.Network().NodeAddress
	if s.options.real() {
		return controlplane.Endpoints{
			API:        address,
			APIPort:    realAPIPort,
			EtcdClient: realEtcdClient,
			EtcdPeer:   realEtcdPeer,
			Advertise:  true,
		}, nil
	}
	var picked [3]int
	for i := range picked {
		reservation, err := ports.Reserve(address)
		if err != nil {
			return controlplane.Endpoints{}, err
		}
		s.onClose(reservation.Release)
		picked[i] = reservation.Port
	}
	return controlplane.Endpoints{API: address, APIPort: picked[0], EtcdClient: picked[1], EtcdPeer: picked[2]}, nil
}

// Ports on the host's end of a real node's network. Another port is used if a
// server on this machine listens on all addresses.
const (
	usualRegistry = 5000
	usualDatabase = 3306
)

// listen opens a listener, on the usual port if that is free. It is closed with
// the sandbox.
func (s *Supervisor) listen(ctx context.Context, address string, usual int) (net.Listener, error) {
	listener, err := listen(ctx, address, usual)
	if err != nil {
		return nil, err
	}
	s.onClose(func() { _ = listener.Close() })
	return listener, nil
}

func listen(ctx context.Context, address string, usual int) (net.Listener, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", net.JoinHostPort(address, fmt.Sprint(usual)))
	if err != nil {
		listener, err = config.Listen(ctx, "tcp", net.JoinHostPort(address, "0"))
	}
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", address, err)
	}
	return listener, nil
}

// openRegistry serves the registry on loopback, where Helm uses plain HTTP by
// default, and at the address that nodes can reach.
func (s *Supervisor) openRegistry(ctx context.Context) error {
	local, err := s.listen(ctx, loopback, 0)
	if err != nil {
		return err
	}
	listeners, outside := []net.Listener{local}, local
	if s.options.real() {
		if outside, err = s.listen(ctx, s.host.Network().HostAddress, usualRegistry); err != nil {
			return err
		}
		listeners = append(listeners, outside)
	}
	if _, err = registry.Serve(s.options.Dir.Registry(), s.options.Upstream, s.log, listeners...); err != nil {
		return err
	}
	return s.update(func(r *state.Record) {
		r.Registry = state.Registry{
			Address:     local.Addr().String(),
			NodeAddress: outside.Addr().String(),
			PlainHTTP:   true,
		}
	})
}

// publish pushes the charts of both generations with the stand-in server, and
// those of the real servers.
func (s *Supervisor) publish(ctx context.Context) error {
	publisher := &publish.Publisher{
		Address: s.record.Registry.Address, Blobs: s.options.Dir.Registry(), RealByDefault: s.options.RealByDefault,
	}
	if err := publisher.StandIns(ctx, filepath.Join(filepath.Dir(s.options.Executable), "zenml")); err != nil {
		return err
	}
	for _, server := range s.options.Servers {
		if err := publisher.Server(ctx, server); err != nil {
			return err
		}
	}
	return s.update(func(r *state.Record) { r.Charts = publisher.Charts })
}
