package realnode

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/zenml-installer/zenml-installer/sandbox/internal/controlplane"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/network"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/pki"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/process"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/state"
)

// NodeName is the name of a sandbox's real node.
const NodeName = "sandbox"

// HostName is the host name with which pods reach the machine that runs the
// sandbox.
const HostName = "host.sandbox.internal"

// Node is a configured real node.
type Node struct {
	Dir   state.Dir
	Plane *controlplane.Plane
	Link  network.Link
	// Registry is the host:port of the registry for all images.
	Registry string
	// PauseImage is the image of the pods' infrastructure container.
	PauseImage string
	// Cgroup is the control group of the pods.
	Cgroup string
	// TestHosts makes the cluster DNS resolve the hosts of tests.
	TestHosts bool
	// Executable is the binary that contains kubelet and kube-proxy.
	Executable string
}

// PrepareContainerd writes the files of containerd and the CNI.
func (n *Node) PrepareContainerd() error {
	files := []file{
		{n.path("config.toml"), containerdTemplate},
		{n.path("certs.d", "_default", "hosts.toml"), hostsTemplate},
		{n.path("net.d", "10-sandbox.conflist"), cniTemplate},
	}
	return n.write(files)
}

// PrepareKubelet writes the files of kubelet, kube-proxy and cluster DNS and issues their certificates.
func (n *Node) PrepareKubelet() error {
	hosts := []string{n.Link.Node.String(), NodeName, "127.0.0.1"}
	if _, err := n.Plane.Authority.Issue(pki.Request{File: "kubelet-serving", User: "system:node:" + NodeName, Hosts: hosts}); err != nil {
		return err
	}
	if _, err := n.Plane.UserConfig("kubelet", "system:node:"+NodeName, "system:nodes"); err != nil {
		return err
	}
	if _, err := n.Plane.UserConfig("kube-proxy", "system:kube-proxy"); err != nil {
		return err
	}
	if _, err := n.Plane.UserConfig("coredns", "coredns", "system:masters"); err != nil {
		return err
	}
	return n.write([]file{
		{n.path("kubelet.yaml"), kubeletTemplate},
		{n.path("kube-proxy.yaml"), proxyTemplate},
		{n.path("Corefile"), corefileTemplate},
		{n.path("resolv.conf"), resolvTemplate},
	})
}

// Containerd returns the process of containerd.
func (n *Node) Containerd() process.Spec {
	return process.Spec{
		Name: "containerd", Path: find("containerd"),
		Args: []string{"--config", n.path("config.toml")},
		Env:  n.env(), Log: n.Dir.Log("containerd"),
	}
}

// Kubelet returns the process of the kubelet.
func (n *Node) Kubelet() process.Spec {
	return n.spec("kubelet",
		"--config="+n.path("kubelet.yaml"),
		"--kubeconfig="+n.Dir.Join("pki", "kubelet.kubeconfig"),
		"--cert-dir="+n.Dir.Join("pki"),
		"--hostname-override="+NodeName,
		"--node-ip="+n.Link.Node.String(),
	)
}

// DNS returns the process of the cluster DNS, which listens on the node's address.
func (n *Node) DNS() process.Spec { return n.spec("coredns", "-conf="+n.path("Corefile")) }

// DNSReady returns the readiness URL of the cluster DNS.
func (n *Node) DNSReady() string { return "http://" + n.Link.Node.String() + ":8181/ready" }

// Proxy returns the process of kube-proxy.
func (n *Node) Proxy() process.Spec {
	return n.spec("kube-proxy", "--config="+n.path("kube-proxy.yaml"))
}

func (n *Node) spec(name string, args ...string) process.Spec {
	return process.Spec{
		Name: name,
		Path: n.Executable,
		Args: append([]string{name}, args...),
		Env:  n.env(),
		Log:  n.Dir.Log(name),
	}
}

func (n *Node) env() []string { return []string{"PATH=" + path(), "TMPDIR=" + n.path("tmp")} }

func (n *Node) path(elem ...string) string {
	return n.Dir.Join(append([]string{"node"}, elem...)...)
}

func (n *Node) write(files []file) error {
	for _, dir := range []string{n.path("tmp"), n.path("volume-plugins")} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return fmt.Errorf("create node folder: %w", err)
		}
	}
	for _, f := range files {
		data, err := n.render(f.template)
		if err != nil {
			return fmt.Errorf("render %s: %w", filepath.Base(f.path), err)
		}
		if err := os.MkdirAll(filepath.Dir(f.path), 0o700); err != nil {
			return fmt.Errorf("create node folder: %w", err)
		}
		if err := os.WriteFile(f.path, data, 0o600); err != nil {
			return fmt.Errorf("write node configuration: %w", err)
		}
	}
	return nil
}
