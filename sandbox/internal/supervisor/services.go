package supervisor

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"path/filepath"

	"github.com/zenml-installer/zenml-installer/sandbox/charts"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/controlplane"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/database"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/images"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/pki"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/ports"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/registry"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/state"
)

// Ports inside a real node's own network namespace, where everything is free.
const (
	realAPIPort    = 6443
	realEtcdClient = 2379
	realEtcdPeer   = 2380
)

// endpoints picks the control plane's ports and keeps them reserved.
func (s *Supervisor) endpoints() (controlplane.Endpoints, error) {
	address := s.host.Network().NodeAddress
	if s.options.real() {
		return controlplane.Endpoints{API: address, APIPort: realAPIPort, EtcdClient: realEtcdClient, EtcdPeer: realEtcdPeer, Advertise: true}, nil
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

// Ports on the host's end of a real node's network, an address of the sandbox's
// own. Another one is taken where somebody listens on all addresses.
const (
	usualRegistry = 5000
	usualDatabase = 3306
)

// listen opens a listener, on the usual port if the nodes are real and it is
// free, and closes it with the sandbox.
func (s *Supervisor) listen(ctx context.Context, address string, usual int) (net.Listener, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", net.JoinHostPort(address, fmt.Sprint(usual)))
	if err != nil {
		listener, err = config.Listen(ctx, "tcp", net.JoinHostPort(address, "0"))
	}
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", address, err)
	}
	s.onClose(func() { _ = listener.Close() })
	return listener, nil
}

// publish starts the registry and fills it.
func (s *Supervisor) publish(ctx context.Context) error {
	archives, err := charts.Archives()
	if err != nil {
		return fmt.Errorf("package the charts: %w", err)
	}
	address := s.record.Registry.Address
	builder, err := images.NewBuilder(filepath.Join(filepath.Dir(s.options.Executable), "zenml"))
	if err != nil {
		return err
	}
	pause, err := builder.Pause()
	if err != nil {
		return err
	}
	if err := images.Push(ctx, address, images.PauseRepository, images.PauseTag, pause); err != nil {
		return err
	}
	var published []state.Chart
	for _, archive := range archives {
		chart, err := publishChart(ctx, address, builder, archive)
		if err != nil {
			return err
		}
		published = append(published, chart)
	}
	return s.update(func(r *state.Record) { r.Charts = published })
}

func publishChart(ctx context.Context, address string, builder *images.Builder, archive charts.Archive) (state.Chart, error) {
	image, err := builder.Server(archive.AppVersion)
	if err != nil {
		return state.Chart{}, err
	}
	for _, tag := range []string{archive.Version, archive.AppVersion} {
		if err := images.Push(ctx, address, images.ServerRepository, tag, image); err != nil {
			return state.Chart{}, err
		}
	}
	artifact, err := images.ChartArtifact(archive.Data)
	if err != nil {
		return state.Chart{}, err
	}
	repository := "zenml/" + archive.Name
	if err := images.Push(ctx, address, repository, archive.Version, artifact); err != nil {
		return state.Chart{}, err
	}
	return state.Chart{
		Ref: "oci://" + address + "/" + repository, Version: archive.Version, Generation: archive.Generation,
		Image: images.ServerRepository + ":" + archive.Version,
	}, nil
}

// openRegistry listens on loopback, where Helm speaks plain HTTP unasked, and
// on the address that nodes reach; both lead to the same registry.
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
	if _, err = registry.Serve(s.options.Dir.Join("registry"), s.options.Upstream, s.log, listeners...); err != nil {
		return err
	}
	return s.update(func(r *state.Record) {
		r.Registry = state.Registry{Address: local.Addr().String(), NodeAddress: outside.Addr().String(), PlainHTTP: true}
	})
}

func (s *Supervisor) startDatabase(ctx context.Context) error {
	if !s.options.Database {
		return nil
	}
	usual := 0
	if s.options.real() {
		usual = usualDatabase
	}
	listener, err := s.listen(ctx, s.host.Network().HostAddress, usual)
	if err != nil {
		return err
	}
	passwordFile := s.options.Dir.Join("database-password")
	password, err := database.NewPassword(passwordFile)
	if err != nil {
		return err
	}
	certificate, err := s.databaseCertificate()
	if err != nil {
		return err
	}
	server, err := database.Serve(ctx, listener, password, certificate, s.log)
	if err != nil {
		return err
	}
	s.onClose(func() { _ = server.Close() })
	reachable := []string{"host"}
	if s.options.real() {
		reachable = append(reachable, "pods")
	}
	address := listener.Addr().(*net.TCPAddr)
	return s.update(func(r *state.Record) {
		r.Database = &state.Database{
			Host: address.IP.String(), Port: address.Port, Name: database.Name, User: database.User,
			PasswordFile: passwordFile, CAFile: s.plane.Authority.CertFile(), Version: server.Version(), ReachableFrom: reachable,
		}
	})
}

// databaseCertificate is for the address that user and pods reach the database by.
func (s *Supervisor) databaseCertificate() (tls.Certificate, error) {
	pair, err := s.plane.Authority.Issue(pki.Request{File: "database", User: "database", Hosts: []string{s.host.Network().HostAddress}})
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.X509KeyPair(pair.CertPEM, pair.KeyPEM)
}
