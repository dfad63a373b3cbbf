// Package cmd is the command line: flags in, exit code out. The work is done
// by the libraries that it puts together.
package cmd

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

// Main runs one command line and returns the exit code of the process. The
// first interrupt ends the context, so that what is under way comes to a known
// state; the second ends the process at once. The end of the terminal does as
// the first: it may signal several times, and none of them ends the process.
func Main(args []string, s Streams) int {
	ctx, forget := untilHangup(context.Background())
	defer forget()
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)

	root := newRoot(s)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	printError(s.Err, err)
	return exitCode(err)
}

func newRoot(s Streams) *cobra.Command {
	var c common
	o := &installOptions{streams: s}
	root := &cobra.Command{
		Use:   "zenml-installer",
		Short: "Put a ZenML server on a Kubernetes cluster",
		Long: `zenml-installer puts a ZenML server on a Kubernetes cluster: it asks what it
needs to know, checks the cluster, the chart and the database before anything
is touched, writes custom-values.yaml, installs the Helm chart, forwards a port
and opens the activation page.

On a terminal, without a command, it is the guided install.`,
		Example: `  zenml-installer                                  # the guided install
  zenml-installer preflight -f answers.yaml        # only check
  zenml-installer generate -f answers.yaml         # only write custom-values.yaml
  zenml-installer install -f answers.yaml --yes    # everything, unattended`,
		Args:          noArgs,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !s.Interactive() {
				_ = cmd.Help()
				return usagef("there is no terminal to ask on: give the answers with `install -f answers.yaml --yes`, or use preflight or generate")
			}
			o.common = c
			return runInstall(cmd.Context(), o)
		},
	}
	root.SetIn(s.In)
	root.SetOut(s.Out)
	root.SetErr(s.Err)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usage(fmt.Errorf("%w (see %s --help)", err, cmd.CommandPath()))
	})
	c.register(root.PersistentFlags())
	o.register(root)
	root.AddCommand(
		newInstall(s, &c, runInstall),
		newPreflight(s, &c, runPreflight),
		newGenerate(s, &c, runGenerate),
		newConnect(s, &c, runConnect),
		newStatus(s, &c, runStatus),
		newUninstall(s, &c, runUninstall),
		newAnswers(s, &c),
		newVersion(s),
	)
	return root
}

// noArgs refuses arguments, and with them commands that do not exist, as a
// mistake of usage.
func noArgs(cmd *cobra.Command, args []string) error {
	if err := cobra.NoArgs(cmd, args); err != nil {
		return usage(fmt.Errorf("%w (see %s --help)", err, cmd.CommandPath()))
	}
	return nil
}
