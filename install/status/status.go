// Package status reads and shows the status of a release and its server.
package status

import (
	"context"
	"fmt"
	"time"

	"github.com/zenml-installer/zenml-installer/install"
	"github.com/zenml-installer/zenml-installer/install/connect"
	"github.com/zenml-installer/zenml-installer/install/inspect"
	"github.com/zenml-installer/zenml-installer/internal/zenml"
)

// NotInstalled is the status of a release that does not exist.
const NotInstalled = "not installed"

// State is the status of a release. Its JSON form is public.
type State struct {
	Version      int       `json:"version"`
	Release      string    `json:"release"`
	Namespace    string    `json:"namespace"`
	Status       string    `json:"status"` // Helm's status, or "not installed"
	Revision     int       `json:"revision,omitempty"`
	Chart        string    `json:"chart,omitempty"`
	ChartDigest  string    `json:"chartDigest,omitempty"` // of what was pulled
	ChartSigner  string    `json:"chartSigner,omitempty"` // the key whose signature was verified
	LastDeployed time.Time `json:"lastDeployed,omitzero"`
	Server       *Server   `json:"server,omitempty"`
	ServerError  string    `json:"serverError,omitempty"`

	Replicas      *Replicas            `json:"replicas,omitempty"`
	Image         string               `json:"image,omitempty"`
	Pods          []inspect.Pod        `json:"pods,omitempty"` // of the server
	Certificate   *inspect.Certificate `json:"certificate,omitempty"`
	Warnings      []inspect.Warning    `json:"warnings,omitempty"` // the latest Warning events
	Unknown       []string             `json:"unknown,omitempty"`  // what could not be read, and why
	ClientVersion string               `json:"clientVersion,omitempty"`
	Closed        bool                 `json:"closed,omitempty"` // nothing exposes it until it is activated
	Next          string               `json:"next,omitempty"`   // the command to continue with

	address connect.Address
	connect string // the command that connects to the server
}

// Server is what a server says about itself.
type Server struct {
	Version      string `json:"version"`
	Active       bool   `json:"active"`
	Database     string `json:"database"`
	SecretsStore string `json:"secretsStore"`
	URL          string `json:"url,omitempty"`
}

// Replicas counts the pods of the server.
type Replicas struct {
	Desired int `json:"desired"`
	Ready   int `json:"ready"`
}

// Commands are the commands that the status recommends.
type Commands struct {
	Install, Connect, Diagnose string
	Start                      func(deployment string) string // starts a stopped Deployment
}

// Request selects a release.
type Request struct {
	Engine             *install.Engine
	Namespace, Release string
	Path               string // where to look for the zenml client
	Commands           Commands
}

// serverTimeout is how long the status waits for the server.
const serverTimeout = 10 * time.Second

// Read reads the status of a release.
func Read(ctx context.Context, r Request) (State, error) {
	found := State{Version: 1, Release: r.Release, Namespace: r.Namespace, Status: NotInstalled,
		Next: r.Commands.Install}
	release, err := r.Engine.Release(ctx, r.Namespace, r.Release)
	if err != nil || release == nil {
		return found, err
	}
	found.Status, found.Revision, found.LastDeployed = release.Status, release.Revision, release.LastDeployed
	found.Chart, found.ChartDigest = release.Chart+" "+release.ChartVersion, release.ChartDigest
	found.ChartSigner, found.connect = release.ChartSigner, r.Commands.Connect
	seen, err := r.overview(ctx, release)
	if err != nil {
		return found, err
	}
	found.add(seen)
	found.askServer(ctx, r, seen)
	found.address = r.address(ctx)
	found.Closed, _ = r.Engine.Closed(ctx, r.Namespace, r.Release) // the address says why it is not known
	if found.Server != nil && found.address.URL != "" {
		found.Server.URL = found.address.URL
	}
	found.ClientVersion = connect.ClientVersion(ctx, r.Path)
	found.Next = found.next(r.Commands, seen)
	return found, nil
}

func (r Request) overview(ctx context.Context, release *install.Release) (inspect.Overview, error) {
	client, err := r.Engine.Access.Client()
	if err != nil {
		return inspect.Overview{}, err
	}
	objects, err := release.Objects()
	if err != nil {
		return inspect.Overview{}, err
	}
	scope := inspect.Scope{Client: client, Namespace: r.Namespace, Release: r.Release, Objects: objects}
	return scope.Overview(ctx), nil
}

// address returns the public address. An error is part of it, so that it does not
// fail the command.
func (r Request) address(ctx context.Context) connect.Address {
	found, err := r.Engine.Address(ctx, r.Namespace, r.Release)
	if err != nil {
		found.Pending = "its address is not available: " + err.Error()
	}
	return found
}

func (s *State) add(o inspect.Overview) {
	s.Image, s.Pods, s.Certificate, s.Warnings, s.Unknown = o.Image, o.Pods, o.Certificate, o.Warnings, o.Unknown
	if o.Found {
		s.Replicas = &Replicas{Desired: o.Desired, Ready: o.Ready}
	}
}

// askServer queries the server, or says why it cannot be reached. Without a pod
// there is nothing to ask.
func (s *State) askServer(ctx context.Context, r Request, seen inspect.Overview) {
	if s.ServerError = noPods(seen); s.ServerError != "" {
		return
	}
	info, err := r.serverInfo(ctx)
	if err != nil {
		s.ServerError = err.Error()
		return
	}
	s.Server = &Server{Version: info.Version, Active: info.Active, Database: info.DatabaseType,
		SecretsStore: info.SecretsStoreType, URL: info.ServerURL}
}

// noPods says why there is no pod, or returns "" if there is one or pods cannot be
// read.
func noPods(seen inspect.Overview) string {
	switch {
	case seen.Found && seen.Desired == 0:
		return "it is stopped: Deployment " + seen.Deployment + " has 0 replicas"
	case len(seen.Pods) > 0 || len(seen.Unknown) > 0:
		return ""
	case !seen.Found:
		return "its Deployment does not exist"
	}
	return fmt.Sprintf("no pod was created, although Deployment %s asks for %d", seen.Deployment, seen.Desired)
}

// serverInfo queries the server through a temporary port-forward.
func (r Request) serverInfo(ctx context.Context) (zenml.Info, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, serverTimeout, fmt.Errorf("no response within %s", serverTimeout))
	defer cancel()
	tunnel, err := r.Engine.Forward(ctx, connect.ForwardRequest{Namespace: r.Namespace, Release: r.Release}, nil)
	if err != nil {
		return zenml.Info{}, err
	}
	defer tunnel.Close()
	return connect.WaitForServer(ctx, zenml.Client{Base: tunnel.URL()})
}

// Healthy reports whether the release is deployed and its server answers.
func (s State) Healthy() bool { return s.Status == "deployed" && s.Server != nil }

// Problem describes in one sentence why a release is not healthy.
func (s State) Problem() string {
	if s.Status == "deployed" {
		return fmt.Sprintf("release %s is deployed, but its server does not answer: %s", s.Release, s.ServerError)
	}
	return fmt.Sprintf("release %s is %s", s.Release, s.Status)
}

// next returns the command to continue with.
func (s State) next(c Commands, seen inspect.Overview) string {
	switch {
	case s.Status != "deployed":
		return c.Diagnose
	case seen.Found && seen.Desired == 0:
		return c.Start(seen.Deployment)
	case s.Server == nil:
		return c.Diagnose
	case s.Closed:
		return c.Connect
	case s.Server.Active && s.address.URL != "" && s.address.Trouble == "":
		return connect.LoginCommand(s.address.Login())
	}
	return c.Connect
}
