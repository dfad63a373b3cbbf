package supervisor

import (
	"context"

	"github.com/zenml-installer/zenml-installer/sandbox/internal/network"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/state"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/storage"
)

// openHost prepares the namespaces and the network of the components, and the registry.
func (s *Supervisor) openHost(ctx context.Context) error {
	if err := s.update(func(*state.Record) {}); err != nil {
		return err
	}
	open := s.openSimulated
	if s.options.real() {
		s.say("creating namespaces and a network for the node")
		open = s.openReal
	}
	var err error
	if s.host, err = open(ctx); err != nil {
		return err
	}
	err = s.update(func(r *state.Record) {
		r.Network = s.host.Network()
		r.Nodes.StorageClass = storage.ClassName
		r.Nodes.DNS = network.DNSIP
	})
	if err != nil {
		return err
	}
	return s.openRegistry(ctx)
}
