package cmd

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/zenml-installer/zenml-installer/checks"
	"github.com/zenml-installer/zenml-installer/install"
	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/internal/display"
	"github.com/zenml-installer/zenml-installer/wizard/narrate"
)

type uninstallOptions struct {
	streams    Streams
	common     common
	yes        bool
	deleteKeys bool
	wait       bool
}

func newUninstall(s Streams, c *common, run func(context.Context, *uninstallOptions) error) *cobra.Command {
	o := &uninstallOptions{streams: s}
	cmd := &cobra.Command{
		Use:   "uninstall",
		Short: "Uninstall the release and keep the data",
		Long: `Uninstall the release and the Secrets that the installer created for it.

The database, the volume of a persistent SQLite and the Secret with the
encryption key are kept, and the next install uses them again. The command lists
them and how to remove them before it asks for confirmation.`,
		Example: `  zenml-installer uninstall -n zenml
  zenml-installer uninstall -n zenml --yes --delete-keys`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.common = *c
			return run(cmd.Context(), o)
		},
	}
	flags := cmd.Flags()
	flags.BoolVarP(&o.yes, "yes", "y", false, "do not ask for confirmation")
	flags.BoolVar(&o.wait, "wait-for-other", false, waitForOtherUsage)
	flags.BoolVar(&o.deleteKeys, "delete-keys", false,
		"also remove the generated encryption keys; secrets encrypted with them cannot be decrypted any more")
	return cmd
}

func runUninstall(ctx context.Context, o *uninstallOptions) error {
	u, at, err := onCluster(ctx, o.streams, o.common)
	if err != nil {
		return err
	}
	there, err := u.engine.Remains(ctx, u.answers.Cluster.Namespace, u.answers.Cluster.Release)
	if err != nil {
		return err
	}
	r := &removal{setup: u, Remains: there, deleteKeys: o.deleteKeys}
	r.findLeft(ctx)
	if len(r.removedItems()) == 0 {
		return r.nothingToRemove(ctx, o.streams.Err)
	}
	r.announce(o.streams.Err, at)
	switch {
	case o.yes:
	case !o.streams.Interactive():
		return usagef("no terminal to ask on: pass --yes to remove without asking")
	case !confirm(unlimited(ctx), o.streams, "Continue?"):
		if err := context.Cause(unlimited(ctx)); err != nil {
			return err
		}
		fmt.Fprintln(o.streams.Err, "Nothing was removed.")
		return nil
	}
	ctx, cancel := o.common.within(ctx)
	defer cancel()
	checks.RemoveLeftovers(ctx, u.cluster, u.answers.Cluster.Namespace)
	return o.remove(ctx, r)
}

func (o *uninstallOptions) remove(ctx context.Context, r *removal) error {
	narrator := narrate.New(styled(o.streams.Err), narrate.Options{Terminal: o.common.terminal(o.streams)})
	at := r.setup.answers.Cluster
	observe, done := r.setup.record("uninstall", nil, narrator.Install)
	defer done()
	removed, err := r.setup.engine.Uninstall(ctx, install.RemovalRequest{
		Namespace: at.Namespace, Release: at.Release, DeleteKeys: o.deleteKeys, WaitForOther: o.wait,
	}, observe)
	if err == nil || removed.Release != nil || len(removed.Objects) > 0 {
		fmt.Fprintln(o.streams.Err, removalSummary(removed))
	}
	for _, kept := range removed.Kept {
		fmt.Fprintf(o.streams.Err, "Kept %s\n", kept)
	}
	return err
}

// removalSummary counts what was removed.
func removalSummary(r install.Removed) string {
	var what []string
	if r.Release != nil {
		what = append(what, "release "+r.Release.Name)
	}
	for _, n := range countKinds(r.Objects) {
		what = append(what, display.Count(n.count, n.kind))
	}
	if len(what) == 0 {
		return "Nothing was removed."
	}
	return "Removed " + strings.Join(what, ", ") + "."
}

type kindCount struct {
	kind  string
	count int
}

// countKinds counts objects by kind, in the order of their first occurrence.
func countKinds(objects []event.Object) []kindCount {
	var counts []kindCount
	at := map[string]int{}
	for _, o := range objects {
		i, known := at[o.Kind]
		if !known {
			i = len(counts)
			at[o.Kind] = i
			counts = append(counts, kindCount{kind: o.Kind})
		}
		counts[i].count++
	}
	return counts
}
