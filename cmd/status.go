package cmd

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/zenml-installer/zenml-installer/checks"
	"github.com/zenml-installer/zenml-installer/install/connect"
	"github.com/zenml-installer/zenml-installer/internal/zenml"
)

type statusOptions struct {
	streams Streams
	common  common
	output  string
}

func newStatus(s Streams, c *common, run func(context.Context, *statusOptions) error) *cobra.Command {
	o := &statusOptions{streams: s}
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Show the status of the release and the server",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.common = *c
			return run(cmd.Context(), o)
		},
	}
	cmd.Flags().StringVarP(&o.output, "output", "o", "text", "output format: text or json")
	return cmd
}

// state is the status of a release. Its JSON form is public.
type state struct {
	Version      int       `json:"version"`
	Release      string    `json:"release"`
	Namespace    string    `json:"namespace"`
	Status       string    `json:"status"` // Helm's status, or "not installed"
	Revision     int       `json:"revision,omitempty"`
	Chart        string    `json:"chart,omitempty"`
	ChartDigest  string    `json:"chartDigest,omitempty"` // of what was pulled
	ChartSigner  string    `json:"chartSigner,omitempty"` // the key whose signature was verified
	LastDeployed time.Time `json:"lastDeployed,omitzero"`
	Server       *server   `json:"server,omitempty"`
	ServerError  string    `json:"serverError,omitempty"`

	address connect.Address
	connect string // the command that connects to the server
}

type server struct {
	Version      string `json:"version"`
	Active       bool   `json:"active"`
	Database     string `json:"database"`
	SecretsStore string `json:"secretsStore"`
	URL          string `json:"url,omitempty"`
}

const notInstalled = "not installed"

// serverTimeout is how long status waits for the server.
const serverTimeout = 10 * time.Second

func runStatus(ctx context.Context, o *statusOptions) error {
	if o.output != "text" && o.output != "json" {
		return usagef("--output %s: must be text or json", o.output)
	}
	u, _, err := onCluster(ctx, o.streams, o.common)
	if err != nil {
		return err
	}
	checks.RemoveLeftovers(ctx, u.cluster, u.answers.Cluster.Namespace)
	found, err := u.state(ctx)
	if err != nil {
		return err
	}
	if err := o.write(found); err != nil {
		return err
	}
	if found.Status != "deployed" || found.Server == nil {
		return &failure{code: exitUnexpected, err: fmt.Errorf("release %s is %s", found.Release, found.Status),
			reported: true}
	}
	return nil
}

func (u *setup) state(ctx context.Context) (state, error) {
	at := u.answers.Cluster
	found := state{Version: 1, Release: at.Release, Namespace: at.Namespace, Status: notInstalled}
	release, err := u.engine.Release(ctx, at.Namespace, at.Release)
	if err != nil || release == nil {
		return found, err
	}
	found.Status, found.Revision, found.LastDeployed = release.Status, release.Revision, release.LastDeployed
	found.Chart, found.ChartDigest = release.Chart+" "+release.ChartVersion, release.ChartDigest
	found.ChartSigner = release.ChartSigner
	found.Server, found.ServerError = u.askServer(ctx)
	found.address, found.connect = u.address(ctx), u.connectCommand("")
	if found.Server != nil && found.address.URL != "" {
		found.Server.URL = found.address.URL
	}
	return found, nil
}

// askServer queries the server, or returns why it is unreachable.
func (u *setup) askServer(ctx context.Context) (answer *server, problem string) {
	info, err := u.serverInfo(ctx)
	if err != nil {
		return nil, err.Error()
	}
	return &server{Version: info.Version, Active: info.Active, Database: info.DatabaseType,
		SecretsStore: info.SecretsStoreType, URL: info.ServerURL}, ""
}

// serverInfo queries the server through a temporary port-forward.
func (u *setup) serverInfo(ctx context.Context) (zenml.Info, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, serverTimeout, fmt.Errorf("no response within %s", serverTimeout))
	defer cancel()
	tunnel, err := u.engine.Forward(ctx,
		connect.ForwardRequest{Namespace: u.answers.Cluster.Namespace, Release: u.answers.Cluster.Release}, nil)
	if err != nil {
		return zenml.Info{}, err
	}
	defer tunnel.Close()
	return connect.WaitForServer(ctx, zenml.Client{Base: tunnel.URL()})
}

func (o *statusOptions) write(found state) error {
	if o.output == "json" {
		encoder := json.NewEncoder(o.streams.Out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(found)
	}
	w := tabwriter.NewWriter(o.streams.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "release\t%s in namespace %s\n", found.Release, found.Namespace)
	fmt.Fprintf(w, "status\t%s\n", found.Status)
	if found.Status == notInstalled {
		return w.Flush()
	}
	fmt.Fprintf(w, "revision\t%d, %s\n", found.Revision, found.LastDeployed.Local().Format(time.DateTime))
	fmt.Fprintf(w, "chart\t%s\n", found.Chart)
	if found.ChartDigest != "" {
		fmt.Fprintf(w, "digest\t%s\n", found.ChartDigest)
	}
	if found.ChartSigner != "" {
		fmt.Fprintf(w, "signature\t%s\n", found.ChartSigner)
	}
	fmt.Fprintf(w, "url\t%s\n", found.url())
	if found.Server == nil {
		fmt.Fprintf(w, "server\tunreachable: %s\n", found.ServerError)
		return w.Flush()
	}
	fmt.Fprintf(w, "server\tZenML %s, %s\n", found.Server.Version, activationText(found.Server.Active))
	fmt.Fprintf(w, "database\t%s\n", found.Server.Database)
	fmt.Fprintf(w, "secrets store\t%s\n", found.Server.SecretsStore)
	return w.Flush()
}

// url describes where the server is available.
func (s state) url() string {
	switch {
	case s.address.Trouble != "":
		return cmp.Or(s.address.URL, "unknown") + " (not reachable yet: " + s.address.Trouble + ")"
	case s.address.URL != "":
		return s.address.URL
	case s.address.Pending != "":
		return "unknown: " + s.address.Pending
	case s.Server != nil && s.Server.URL != "":
		return s.Server.URL
	}
	return "none (connect with " + s.connect + ")"
}

func activationText(active bool) string {
	if active {
		return "activated"
	}
	return "not activated: the first person to open it becomes the admin"
}
