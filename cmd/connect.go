package cmd

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/zenml-installer/zenml-installer/install/connect"
	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/internal/browser"
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
		Short: "Connect to the server through a local port",
		Example: `  zenml-installer connect
  zenml-installer connect -n zenml --port 9090`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.common = *c
			return run(cmd.Context(), o)
		},
	}
	cmd.Flags().IntVar(&o.port, "port", 0, "local port (default 8080, or the next free port)")
	return cmd
}

func runConnect(ctx context.Context, o *connectOptions) error {
	if err := checkPort(o.port); err != nil {
		return err
	}
	unit, _, err := onCluster(ctx, o.streams, o.common)
	if err != nil {
		return err
	}
	if _, err := unit.findRelease(ctx, "there is no server to connect to"); err != nil {
		return err
	}
	return unit.connect(ctx, connection{streams: o.streams, port: o.port, open: !o.common.noOpen, stay: true,
		terminal: o.common.terminal(o.streams)})
}

// connection configures how to connect to the server.
type connection struct {
	streams  Streams
	port     int  // the local port, 0 for the default
	open     bool // open the browser
	stay     bool // keep the port-forward until interrupted
	first    bool // the release is installed for the first time
	terminal theme.Terminal
	tunnel   *connect.Tunnel // an open one; nil opens one
}

// connect forwards a port, waits until the server is ready, activates it as the
// answers specify, and prints how to log in.
func (u *setup) connect(ctx context.Context, c connection) error {
	narrator := narrate.New(styled(c.streams.Err), narrate.Options{Terminal: c.terminal})
	open, stay := untilStay(ctx)
	tunnel, err := c.tunnel, error(nil)
	if tunnel == nil {
		tunnel, err = forward(open, u.engine, u.answers.Cluster.Namespace, u.answers.Cluster.Release, c.port,
			narrator.Install)
	}
	if err != nil {
		return u.ifUnclaimed(ctx, c, err)
	}
	defer tunnel.Close()
	client := zenml.Client{Base: tunnel.URL()}
	info, err := connect.WaitForServer(ctx, client)
	if err != nil {
		return u.ifUnclaimed(ctx, c, err)
	}
	fmt.Fprintf(c.streams.Err, "ZenML %s is ready at %s\n", info.Version, tunnel.URL())
	if c.stay {
		stay()
		ctx = open
	}
	if err := u.activate(ctx, c, client, info); err != nil {
		if !info.Active && ctx.Err() != nil {
			err = u.ifUnclaimed(ctx, c, err)
		}
		return err
	}
	if err := u.openNow(ctx, c, client, narrator.Install); err != nil {
		return err
	}
	created, failed := u.serviceAccount(ctx, client)
	if created != "" {
		fmt.Fprintln(c.streams.Err, created)
	}
	u.printLogin(c.streams, tunnel.URL(), c.stay, u.settledAddress(ctx, c.streams))
	printClientAdvice(ctx, c.streams, info.Version)
	if failed != nil {
		return &failure{code: exitInstall, err: failed}
	}
	if !c.stay {
		return nil
	}
	fmt.Fprintf(c.streams.Err, "Forwarding %s. Press Ctrl-C to stop; the server keeps running.\n", tunnel.URL())
	select {
	case <-ctx.Done():
		return nil
	case <-tunnel.Done():
		return tunnel.Err()
	}
}

// openNow exposes a closed server that is activated.
func (u *setup) openNow(ctx context.Context, c connection, client zenml.Client, observe event.Observer) error {
	opened, err := u.open(ctx, u.common.remaining(ctx), client, observe)
	if opened {
		fmt.Fprintln(c.streams.Err, "The server is exposed.")
	}
	return err
}

// untilStay returns a context that ends with ctx until stay is called, and from then on
// only without the limit of --timeout.
func untilStay(ctx context.Context) (open context.Context, stay func()) {
	open, end := context.WithCancelCause(unlimited(ctx))
	stop := context.AfterFunc(ctx, func() { end(context.Cause(ctx)) })
	return open, func() { stop() }
}

// ifUnclaimed adds to an error of a first install that the server may be open.
func (u *setup) ifUnclaimed(ctx context.Context, c connection, err error) error {
	if !c.first || u.closed {
		return err
	}
	return u.ifOpen(ctx, err)
}

const activationPath = "/activate-server"

// activateInBrowser opens the activation page and waits until the server is
// activated.
func (u *setup) activateInBrowser(ctx context.Context, c connection, client zenml.Client) error {
	page := client.Base + activationPath
	fmt.Fprintf(c.streams.Err, "Create the admin account at %s\n", page)
	u.openPage(ctx, c, page)
	if _, err := connect.WaitForActivation(ctx, client); err != nil {
		return err
	}
	fmt.Fprintln(c.streams.Err, "The server is activated.")
	return nil
}

// openPage opens a page in the browser, if the user would see it.
func (u *setup) openPage(ctx context.Context, c connection, url string) {
	if !c.open || !browser.Visible(c.streams.Getenv) {
		return
	}
	if err := browser.Open(ctx, c.streams.Getenv, url); err != nil {
		fmt.Fprintf(c.streams.Err, "%v. Open %s yourself.\n", err, url)
	}
}
