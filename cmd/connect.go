package cmd

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/zenml-installer/zenml-installer/install/connect"
	"github.com/zenml-installer/zenml-installer/internal/zenml"
	"github.com/zenml-installer/zenml-installer/wizard/narrate"
	"github.com/zenml-installer/zenml-installer/wizard/theme"
)

type connectOptions struct {
	streams Streams
	common  common
	port    int
}

func newConnect(s Streams, c *common, run func(context.Context, *connectOptions) error) *cobra.Command {
	o := &connectOptions{streams: s}
	cmd := &cobra.Command{
		Use:   "connect",
		Short: "Forward a local port to the server and open it",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.common = *c
			return run(cmd.Context(), o)
		},
	}
	cmd.Flags().IntVar(&o.port, "port", 0, "local port (default 8080, or any free one when that is taken)")
	return cmd
}

func runConnect(ctx context.Context, o *connectOptions) error {
	unit, _, err := onCluster(o.streams, o.common)
	if err != nil {
		return err
	}
	release, err := unit.engine.Release(ctx, unit.answers.Cluster.Namespace, unit.answers.Cluster.Release)
	if err != nil {
		return err
	}
	if release == nil {
		return fmt.Errorf("there is no release %s in namespace %s: install it, or name another with --release and -n",
			unit.answers.Cluster.Release, unit.answers.Cluster.Namespace)
	}
	return unit.connect(ctx, connection{streams: o.streams, port: o.port, open: !o.common.noOpen, stay: true, terminal: o.common.terminal(o.streams)})
}

// connection says how to reach the server once it is installed.
type connection struct {
	streams  Streams
	port     int  // chosen local port, 0 for none
	open     bool // open the browser
	stay     bool // hold the port-forward until the person leaves
	first    bool // the release was not deployed before
	terminal theme.Terminal
}

// connect forwards a port, waits until the server answers, has it activated
// as the answers say, and prints how to log in.
func (u *setup) connect(ctx context.Context, c connection) error {
	narrator := narrate.New(c.streams.Err, narrate.Options{Terminal: c.terminal})
	tunnel, err := forward(ctx, u.engine, u.answers.Cluster.Namespace, u.answers.Cluster.Release, c.port, narrator.Install)
	if err != nil {
		return err
	}
	defer tunnel.Close()
	client := zenml.Client{Base: tunnel.URL()}
	info, err := connect.WaitForServer(ctx, client)
	if err != nil {
		return err
	}
	fmt.Fprintf(c.streams.Err, "ZenML %s answers at %s\n", info.Version, tunnel.URL())
	if err := u.activate(ctx, c, client, info); err != nil {
		return err
	}
	u.printLogin(c.streams, tunnel.URL(), c.stay, u.address(ctx))
	if !c.stay {
		return nil
	}
	fmt.Fprintf(c.streams.Err, "Forwarding %s until you press Ctrl-C; the server itself keeps running.\n", tunnel.URL())
	select {
	case <-ctx.Done():
		return nil
	case <-tunnel.Done():
		return tunnel.Err()
	}
}

const activationPath = "/activate-server"

// activateInBrowser leads the person to the activation page, and waits until
// the server is activated.
func (u *setup) activateInBrowser(ctx context.Context, c connection, client zenml.Client) error {
	page := client.Base + activationPath
	fmt.Fprintf(c.streams.Err, "Activate it here: %s\n", page)
	u.openPage(ctx, c, page)
	if _, err := connect.WaitForActivation(ctx, client); err != nil {
		return err
	}
	fmt.Fprintln(c.streams.Err, "The server is activated.")
	return nil
}

// openPage opens a page for the person, or leaves it when nobody is there.
func (u *setup) openPage(ctx context.Context, c connection, url string) {
	if !c.open || !canOpenBrowser(c.streams) {
		return
	}
	if err := openURL(ctx, c.streams, url); err != nil {
		fmt.Fprintf(c.streams.Err, "%v: open %s yourself.\n", err, url)
	}
}
