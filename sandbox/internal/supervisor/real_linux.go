package supervisor

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"time"

	"github.com/zenml-installer/zenml-installer/sandbox/internal/cgroups"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/images"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/network"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/nodeinit"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/process"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/realnode"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/state"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/storage"
)

// realHost is a node with containers in its own namespaces.
type realHost struct {
	s      *Supervisor
	runner *nodeinit.Runner
	link   network.Link
	node   *realnode.Node
}

func (s *Supervisor) openReal(ctx context.Context) (host, error) {
	dir := s.options.Dir
	group := dir.Cgroup()
	if err := s.update(func(r *state.Record) { r.Cgroup = group }); err != nil {
		return nil, err
	}
	if err := cgroups.Create(group); err != nil {
		return nil, err
	}
	runner, err := nodeinit.Start(nodeinit.Options{
		Executable: s.options.Executable, StateDir: dir.Path(), Log: dir.Log(nodeinit.Command),
	})
	if err != nil {
		return nil, fmt.Errorf("%w; its log says:\n%s", err, process.Tail(dir.Log(nodeinit.Command), 5))
	}
	h := &realHost{s: s, runner: runner}
	s.onClose(h.Close)
	if h.link, err = network.Connect(ctx, runner.PID()); err != nil {
		return nil, err
	}
	return h, s.update(func(r *state.Record) { r.PIDs[nodeinit.Command] = runner.PID() })
}

func (h *realHost) Runner() process.Runner { return h.runner }

func (h *realHost) Network() state.Network {
	return state.Network{
		Subnet: h.link.Subnet.String(), Interface: h.link.Interface,
		HostAddress: h.link.Host.String(), NodeAddress: h.link.Node.String(),
		PodCIDR: network.PodCIDR, ServiceCIDR: network.ServiceCIDR,
	}
}

func (h *realHost) PID(id int) int { return nodeinit.HostPID(h.runner.PID(), id) }

// Prepare starts containerd and waits until it responds.
func (h *realHost) Prepare(ctx context.Context) error {
	h.node = &realnode.Node{
		Dir: h.s.options.Dir, Plane: h.s.plane, Link: h.link,
		Registry:   h.s.record.Registry.NodeAddress,
		TestHosts:  h.s.options.HTTPS,
		PauseImage: "docker.io/" + images.PauseRepository + ":" + images.PauseTag,
		Cgroup:     h.s.record.Cgroup, Executable: h.s.options.Executable,
	}
	if err := h.node.PrepareContainerd(); err != nil {
		return err
	}
	if err := h.s.start(h.node.Containerd()); err != nil {
		return err
	}
	socket := filepath.Join("/proc", fmt.Sprint(h.runner.PID()), "root", realnode.Socket)
	return poll(ctx, 50*time.Millisecond, func(ctx context.Context) error {
		conn, err := (&net.Dialer{}).DialContext(ctx, "unix", socket)
		if err != nil {
			return fmt.Errorf("containerd does not answer: %w", err)
		}
		return conn.Close()
	})
}

// Join starts kubelet, kube-proxy and the cluster DNS.
func (h *realHost) Join(ctx context.Context) error {
	if err := h.node.PrepareKubelet(); err != nil {
		return err
	}
	if err := h.s.start(h.node.Kubelet(), h.node.Proxy(), h.node.DNS()); err != nil {
		return err
	}
	if err := publishDNS(ctx, h.s.client, h.link.Node.String()); err != nil {
		return err
	}
	return poll(ctx, 50*time.Millisecond, h.dnsReady)
}

// servicesReady returns nil when kube-proxy routes to the cluster DNS's
// Service.
func (h *realHost) servicesReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 250*time.Millisecond)
	defer cancel()
	if err := network.Answers(ctx, h.runner.PID(), net.JoinHostPort(network.DNSIP, "53")); err != nil {
		return fmt.Errorf("the Service kube-dns does not answer yet: %w", err)
	}
	return nil
}

// Ready waits until Services work.
func (h *realHost) Ready(ctx context.Context) error {
	return poll(ctx, 100*time.Millisecond, h.servicesReady)
}

func (h *realHost) dnsReady(ctx context.Context) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, h.node.DNSReady(), nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("the cluster DNS does not answer: %w", err)
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("the cluster DNS is not ready (status %d)", response.StatusCode)
	}
	return nil
}

func (h *realHost) Close() {
	h.runner.Close()
	if h.link.Interface != "" {
		if err := network.Remove(h.link.Interface); err != nil {
			_, _ = fmt.Fprintln(h.s.log, err)
		}
	}
}

func (s *Supervisor) realFolders() storage.Folders {
	return storage.Folders{Dir: s.options.Dir.Join("volumes"), Node: realnode.NodeName}
}
