package supervisor

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"

	"github.com/zenml-installer/zenml-installer/sandbox/internal/network"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/pki"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/process"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/registry"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/simnode"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/state"
)

// loopback is the only address that a sandbox with simulated nodes listens on.
const loopback = "127.0.0.1"

// simulatedHost runs the control plane as processes next to the supervisor,
// without containers.
type simulatedHost struct {
	s        *Supervisor
	listener net.Listener
}

func (s *Supervisor) openSimulated(context.Context) (host, error) {
	return &simulatedHost{s: s}, nil
}

func (h *simulatedHost) Runner() process.Runner { return h.s.beside }

func (h *simulatedHost) Network() state.Network {
	return state.Network{
		HostAddress: loopback,
		NodeAddress: loopback,
		PodCIDR:     network.PodCIDR,
		ServiceCIDR: network.ServiceCIDR,
	}
}

func (h *simulatedHost) PID(id int) int { return id }

// Prepare opens the port of all nodes' kubelet.
func (h *simulatedHost) Prepare(ctx context.Context) error {
	var err error
	h.listener, err = h.s.listen(ctx, loopback, 0)
	return err
}

// Join creates the nodes and starts kwok and the stand-ins' runtime.
func (h *simulatedHost) Join(ctx context.Context) error {
	dir := h.s.options.Dir
	nodes := simnode.Config{
		PodCIDR: network.PodCIDR, NodeIP: loopback, KubeletVersion: h.s.options.KubernetesVersion,
		KubeletPort: h.listener.Addr().(*net.TCPAddr).Port,
	}
	config, err := nodes.Render()
	if err != nil {
		return err
	}
	path := dir.Join("kwok.yaml")
	if err := state.WriteFile(path, config, 0o600); err != nil {
		return err
	}
	kubeconfig, err := h.s.plane.UserConfig("kwok", "kwok", "system:masters")
	if err != nil {
		return err
	}
	if err := h.serveKubelet(ctx); err != nil {
		return err
	}
	err = h.s.start(process.Spec{
		Name: "kwok", Path: h.s.options.Executable, Log: dir.Log("kwok"),
		Args: []string{"kwok", "--config=" + path, "--kubeconfig=" + kubeconfig},
		Env:  []string{"KWOK_WORKDIR=" + dir.Join("kwok")},
	})
	if err != nil {
		return err
	}
	if err := nodes.CreateNodes(ctx, h.s.client, h.s.options.Count); err != nil {
		return err
	}
	return publishDNS(ctx, h.s.client, "")
}

func (h *simulatedHost) serveKubelet(ctx context.Context) error {
	serving, err := h.s.plane.Authority.Issue(
		pki.Request{File: "kubelet-serving", User: "kubelet", Hosts: []string{loopback}},
	)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx)) // it continues after the start
	runtime := simnode.NewRuntime(h.s.client, h.s.options.Dir.Join("standin"), h.pulls, h.s.log)
	files := simnode.TLS{CertFile: serving.CertFile, KeyFile: serving.KeyFile, ClientCA: h.s.plane.Authority.CertPEM()}
	kubelet, err := simnode.ServeKubelet(h.listener, files, runtime, h.s.log)
	if err != nil {
		stop()
		return err
	}
	go func() {
		if err := runtime.Run(ctx); err != nil {
			_, _ = fmt.Fprintln(h.s.log, err)
		}
	}()
	h.s.onClose(func() {
		kubelet.Close()
		stop()
	})
	return nil
}

// pulls returns nil if the sandbox's registry has an image, whatever registry
// its name contains, as on a real node.
func (h *simulatedHost) pulls(ctx context.Context, image string) error {
	ref, err := name.ParseReference(image)
	if err != nil {
		return fmt.Errorf("invalid image name %q: %w", image, err)
	}
	separator := ":"
	if strings.HasPrefix(ref.Identifier(), "sha256:") {
		separator = "@"
	}
	local, err := name.ParseReference(
		h.s.record.Registry.Address+"/"+ref.Context().RepositoryStr()+separator+ref.Identifier(),
		name.Insecure,
	)
	if err != nil {
		return fmt.Errorf("invalid image name %q: %w", image, err)
	}
	if registry.Exists(ctx, local) == nil {
		return nil
	}
	if h.s.options.Upstream {
		return registry.Exists(ctx, ref)
	}
	return errors.New("failed to pull " + image + ": not found")
}

// Ready implements host: simulated pods need nothing.
func (h *simulatedHost) Ready(context.Context) error { return nil }

// Close implements host: the supervisor ends the components.
func (h *simulatedHost) Close() {}
