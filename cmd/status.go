package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/zenml-installer/zenml-installer/checks"
	"github.com/zenml-installer/zenml-installer/install"
	"github.com/zenml-installer/zenml-installer/install/status"
)

type statusOptions struct {
	streams Streams
	common  common
	output  string
	watch   bool
	all     bool
}

func newStatus(s Streams, c *common, run func(context.Context, *statusOptions) error) *cobra.Command {
	o := &statusOptions{streams: s}
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Show the status of the release and the server",
		Example: `  zenml-installer status -n zenml
  zenml-installer status --watch
  zenml-installer status -A -o json`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.common = *c
			return run(cmd.Context(), o)
		},
	}
	flags := cmd.Flags()
	flags.StringVarP(&o.output, "output", "o", "text", "output format: text or json")
	flags.BoolVarP(&o.watch, "watch", "w", false, "show the status every 5 seconds until Ctrl-C")
	flags.BoolVarP(&o.all, "all-namespaces", "A", false, "list the releases of the ZenML chart in all namespaces")
	return cmd
}

// state is the status of a release.
type state = status.State

const notInstalled = status.NotInstalled

func runStatus(ctx context.Context, o *statusOptions) error {
	if o.output != "text" && o.output != "json" {
		return usagef("--output %s: must be text or json; write the status to a file with > FILE", o.output)
	}
	u, _, err := onCluster(ctx, o.streams, o.common)
	if err != nil {
		return err
	}
	if !o.all {
		checks.RemoveLeftovers(ctx, u.cluster, u.answers.Cluster.Namespace)
	}
	if o.watch {
		return o.repeat(unlimited(ctx), u)
	}
	return o.show(ctx, u, o.streams.Out)
}

// show shows the status once. It fails unless the release is healthy.
func (o *statusOptions) show(ctx context.Context, u *setup, w io.Writer) error {
	if o.all {
		return o.showAll(ctx, u, w)
	}
	found, err := u.state(ctx)
	if err != nil {
		return err
	}
	if o.output == "json" {
		err = status.JSON(w, found)
	} else {
		err = status.Text(w, found, time.Now())
	}
	if err == nil && !found.Healthy() {
		err = &failure{code: exitUnexpected, err: errors.New(found.Problem()), reported: true}
		if found.Status == notInstalled && !o.watch {
			o.printElsewhere(ctx, u)
		}
	}
	return err
}

// printElsewhere lists the releases in other namespaces, which many users may not read.
func (o *statusOptions) printElsewhere(ctx context.Context, u *setup) {
	if elsewhere := u.elsewhere(ctx); len(elsewhere) > 0 {
		fmt.Fprintf(o.streams.Err, "ZenML is installed elsewhere in the cluster: specify %s\n",
			strings.Join(elsewhere, ", or "))
	}
}

// watchPause is the time between two looks of --watch.
const watchPause = 5 * time.Second

// repeat shows the status again and again. A terminal shows only the latest one.
func (o *statusOptions) repeat(ctx context.Context, u *setup) error {
	for {
		limited, cancel := o.common.within(ctx)
		if isTerminal(o.streams.Out) {
			fmt.Fprint(destination(o.streams.Out), "\x1b[H\x1b[2J")
		}
		err := o.show(limited, u, o.streams.Out)
		cancel()
		var unhealthy *failure
		if ctx.Err() != nil {
			return nil //nolint:nilerr // Ctrl-C is how a watch ends
		}
		if err != nil && (!errors.As(err, &unhealthy) || !unhealthy.reported) {
			fmt.Fprintf(o.streams.Err, "%v\n", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(watchPause):
		}
		if o.output == "text" {
			fmt.Fprintln(o.streams.Out)
		}
	}
}

// showAll lists the releases of all namespaces. It does not fail for one that is not
// healthy.
func (o *statusOptions) showAll(ctx context.Context, u *setup, w io.Writer) error {
	releases, err := u.engine.Releases(ctx, "")
	if err != nil {
		return fmt.Errorf("cannot list the releases of all namespaces: %w. Specify a namespace with -n", err)
	}
	found := make([]state, len(releases))
	failed := make([]error, len(releases))
	var group sync.WaitGroup
	turns := make(chan struct{}, 4)
	for i, r := range releases {
		group.Go(func() {
			turns <- struct{}{}
			defer func() { <-turns }()
			found[i], failed[i] = u.of(r).state(ctx)
		})
	}
	group.Wait()
	if err := errors.Join(failed...); err != nil {
		return err
	}
	if o.output == "json" {
		return status.JSON(w, status.List{Version: 1, Releases: found})
	}
	return status.Table(w, found)
}

// of returns the setup of another release in the same cluster.
func (u *setup) of(r *install.Release) *setup {
	other := *u
	other.answers.Cluster.Namespace, other.answers.Cluster.Release = r.Namespace, r.Name
	return &other
}

func (u *setup) state(ctx context.Context) (state, error) {
	at := u.answers.Cluster
	return status.Read(ctx, status.Request{
		Engine: u.engine, Namespace: at.Namespace, Release: at.Release, Path: u.streams.getenv("PATH"),
		Commands: status.Commands{
			Install: u.ownCommand("install"), Connect: u.connectCommand(""), Diagnose: u.ownCommand("diagnose"),
			Start: func(deployment string) string {
				return u.kubectl("scale", "deployment", deployment, "--replicas=1")
			},
		},
	})
}
