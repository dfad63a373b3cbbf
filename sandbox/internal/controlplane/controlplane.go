// Package controlplane configures etcd and the Kubernetes control plane.
package controlplane

import (
	"fmt"
	"net"

	"github.com/zenml-installer/zenml-installer/sandbox/internal/kubeconfig"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/network"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/pki"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/process"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/state"
)

// Endpoints are the addresses that the control plane listens on.
type Endpoints struct {
	// API is the API server's IPv4 address, APIPort its port.
	API     string
	APIPort int
	// EtcdClient and EtcdPeer are ports on loopback.
	EtcdClient, EtcdPeer int
	// Advertise is true if pods can reach API; otherwise the Service
	// "kubernetes" has no endpoint.
	Advertise bool
}

// URL returns the API server's URL.
func (e Endpoints) URL() string {
	return "https://" + net.JoinHostPort(e.API, fmt.Sprint(e.APIPort))
}

// Plane is the configured control plane of a sandbox.
type Plane struct {
	Dir       state.Dir
	Endpoints Endpoints
	Authority *pki.Authority

	executable                     string
	etcd, server, toKubelet        pki.Pair
	signingKey, verifyKey          string
	controllerConfig, schedulerCfg string
}

// Prepare issues the control plane's certificates and kubeconfigs, and the
// administrator's. executable is the binary that holds the components.
func Prepare(dir state.Dir, endpoints Endpoints, executable string) (*Plane, error) {
	authority, err := pki.NewAuthority(dir.Join("pki"))
	if err != nil {
		return nil, err
	}
	p := &Plane{Dir: dir, Endpoints: endpoints, Authority: authority, executable: executable}
	if err := p.issue(); err != nil {
		return nil, err
	}
	p.controllerConfig, err = p.UserConfig("controller-manager", "system:kube-controller-manager")
	if err != nil {
		return nil, err
	}
	p.schedulerCfg, err = p.UserConfig("scheduler", "system:kube-scheduler")
	if err != nil {
		return nil, err
	}
	return p, p.adminConfig()
}

func (p *Plane) issue() error {
	var err error
	hosts := []string{"127.0.0.1", "localhost"}
	if p.etcd, err = p.Authority.Issue(pki.Request{File: "etcd", User: "etcd", Hosts: hosts}); err != nil {
		return err
	}
	hosts = append(hosts, p.Endpoints.API, network.ServiceIP,
		"kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local")
	if p.server, err = p.Authority.Issue(pki.Request{File: "apiserver", User: "kube-apiserver", Hosts: hosts}); err != nil {
		return err
	}
	client := pki.Request{
		File:   "apiserver-kubelet",
		User:   "kube-apiserver-kubelet-client",
		Groups: []string{"system:masters"},
	}
	if p.toKubelet, err = p.Authority.Issue(client); err != nil {
		return err
	}
	p.signingKey, p.verifyKey, err = p.Authority.SigningKey("service-account")
	return err
}

// UserConfig issues a client certificate for user and returns the path of a
// kubeconfig with it.
func (p *Plane) UserConfig(file, user string, groups ...string) (string, error) {
	path := p.Dir.Join("pki", file+".kubeconfig")
	return path, p.writeConfig(path, file, user, groups)
}

func (p *Plane) adminConfig() error {
	return p.writeConfig(p.Dir.Kubeconfig(), "admin", "zenml-sandbox-admin", []string{"system:masters"})
}

func (p *Plane) writeConfig(path, file, user string, groups []string) error {
	pair, err := p.Authority.Issue(pki.Request{File: file, User: user, Groups: groups})
	if err != nil {
		return err
	}
	cluster := kubeconfig.Cluster{
		Name:   "zenml-sandbox-" + p.Dir.Name,
		Server: p.Endpoints.URL(),
		CA:     p.Authority.CertPEM(),
	}
	return cluster.Write(path, user, pair)
}

func (p *Plane) spec(name string, args ...string) process.Spec {
	return process.Spec{Name: name, Path: p.executable, Args: append([]string{name}, args...), Log: p.Dir.Log(name)}
}
