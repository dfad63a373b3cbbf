package cmd

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/zenml-installer/zenml-installer/wizard/narrate"
)

type uninstallOptions struct {
	streams Streams
	common  common
	yes     bool
}

func newUninstall(s Streams, c *common, run func(context.Context, *uninstallOptions) error) *cobra.Command {
	o := &uninstallOptions{streams: s}
	cmd := &cobra.Command{
		Use:   "uninstall",
		Short: "Remove the release; the data stays",
		Long: `Remove the release and the Secrets that the installer made for it.

The database, and the volume of a persistent SQLite, stay: the command names
them and how to remove them.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.common = *c
			return run(cmd.Context(), o)
		},
	}
	cmd.Flags().BoolVarP(&o.yes, "yes", "y", false, "do not ask")
	return cmd
}

func runUninstall(ctx context.Context, o *uninstallOptions) error {
	u, context, err := onCluster(o.streams, o.common)
	if err != nil {
		return err
	}
	at := u.answers.Cluster
	what := fmt.Sprintf("release %s in namespace %s of context %s (%s)", at.Release, at.Namespace, context.Name, context.Server)
	switch {
	case o.yes:
	case !o.streams.Interactive():
		return usagef("there is no terminal to ask on: --yes removes %s without asking", what)
	case !confirm(o.streams, "Remove "+what+"?"):
		return errors.New("nothing was removed")
	}
	talk := narrate.New(o.streams.Err, narrate.Options{Look: o.common.look(o.streams)})
	removed, err := u.engine.Uninstall(ctx, at.Namespace, at.Release, talk.Install)
	for _, kept := range removed.Kept {
		fmt.Fprintf(o.streams.Err, "Kept %s\n", kept)
	}
	return err
}
