package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/zenml-installer/zenml-installer/sandbox/charts"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/cache"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/mysql"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/zenmlimage"
)

func newPrepareCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "prepare",
		Short: "download and build what real servers need, into the cache",
		Args:  cobra.NoArgs,
	}
	command.AddCommand(newPrepareServerCommand(), newPrepareMySQLCommand())
	return command
}

func newPrepareServerCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "server [VERSION...]",
		Short:   "build images of the real ZenML server from Debian packages and PyPI",
		Example: "  sandbox prepare server 0.98.0 0.84.3",
		RunE:    runPrepareServer,
	}
}

func runPrepareServer(command *cobra.Command, versions []string) error {
	if len(versions) == 0 {
		versions = []string{charts.RealServer(charts.Current)}
	}
	say := narrator(command.ErrOrStderr(), time.Now())
	for _, version := range versions {
		server, err := zenmlimage.Build(command.Context(), cache.Default(), version, say)
		if err != nil {
			return err
		}
		say("the image of ZenML " + server.Version + " is in the cache")
	}
	return nil
}

func newPrepareMySQLCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "mysql",
		Short: "unpack MySQL from Debian packages and print its folder",
		Args:  cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			dir, err := mysql.Prepare(command.Context(), cache.Default(), narrator(command.ErrOrStderr(), time.Now()))
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(command.OutOrStdout(), dir)
			return err
		},
	}
}
