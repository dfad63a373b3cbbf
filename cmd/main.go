// Package cmd is the command line: flags in, exit code out. The libraries do
// the work.
package cmd

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/zenml-installer/zenml-installer/internal/hangup"
	usagetext "github.com/zenml-installer/zenml-installer/internal/usage"
	"github.com/zenml-installer/zenml-installer/internal/version"
	"github.com/zenml-installer/zenml-installer/render/chart"
)

// Main runs a command line and returns the exit code of the process. The first
// interrupt cancels the context, so that the current step can finish; the
// second ends the process at once. Losing the terminal counts as an interrupt,
// but never ends the process at once, because it may signal several times.
func Main(args []string, s Streams) int {
	if len(args) == 1 && args[0] == chart.RendererArgument {
		return chart.Serve(s.In, s.Out)
	}
	ctx, forget := hangup.Until(context.Background())
	defer forget()
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop() // also ends the context of the command, with the timer of --timeout
	context.AfterFunc(ctx, stop)

	if s.ReadFile == nil {
		s.files = newSecretFiles(ctx)
		s.ReadFile = s.files.read
	}
	s = s.safe()
	root := newRoot(s)
	root.SetArgs(args)
	command, err := root.ExecuteContextC(ctx)
	if err == nil {
		if err = usagetext.UnknownHelp(command); err != nil {
			err = usage(err)
		}
	}
	err = explainTimeout(command.Context(), err)
	printError(s.Err, err)
	return exitCode(err)
}

// NewCommand returns the tree of commands, for documentation that is made of it.
func NewCommand(s Streams) *cobra.Command { return newRoot(s.safe()) }

func newRoot(s Streams) *cobra.Command {
	var c common
	o := &installOptions{streams: s}
	root := &cobra.Command{
		Use:     "zenml-installer",
		Short:   "Install a ZenML server on a Kubernetes cluster",
		Version: version.String(),
		Long: `zenml-installer installs a ZenML server on a Kubernetes cluster. It asks for what
it needs, checks the cluster, the chart and the database before it changes
anything, writes custom-values.yaml, installs the Helm chart, forwards a port
and opens the activation page.

Without a command it starts the guided install.`,
		Example: `  zenml-installer                                  # guided install
  zenml-installer preflight -f answers.yaml        # checks only
  zenml-installer generate -f answers.yaml         # custom-values.yaml only
  zenml-installer install -f answers.yaml --yes    # unattended install`,
		Args: noArgs,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			if err := c.signature.check(); err != nil {
				return err
			}
			if err := c.limit(cmd); err != nil {
				return err
			}
			if s.files != nil {
				s.files.endWith(cmd.Context())
			}
			return nil
		},
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !s.Interactive() && !c.accessible {
				return usagef("no terminal to ask on: run `install -f answers.yaml --yes`, `preflight` or `generate` " +
					"(see zenml-installer --help)")
			}
			o.common = c
			return runInstall(cmd.Context(), o)
		},
	}
	root.SetIn(s.In)
	root.SetOut(s.Out)
	root.SetErr(s.Err)
	c.register(root.PersistentFlags())
	o.register(root)
	c.registerBundle(root)
	root.AddCommand(
		newInstall(s, &c, runInstall),
		newPreflight(s, &c, runPreflight),
		newGenerate(s, &c, runGenerate),
		newConnect(s, &c, runConnect),
		newStatus(s, &c, runStatus),
		newUninstall(s, &c, runUninstall),
		newDiagnose(s, &c, runDiagnose),
		newAnswers(s, &c),
		newVersion(s),
	)
	completeFlags(root, s, &c)
	usagetext.Install(root, kubectlFlags(), cmp.Or(columns(s.Out), helpWidth), placeholders)
	explain := root.FlagErrorFunc()
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error { return usage(explain(cmd, err)) })
	return root
}

// helpWidth is the width of help texts in a pipe.
const helpWidth = 100

// kubectlFlags are the flags that kubectl has, too.
func kubectlFlags() *pflag.FlagSet {
	flags := pflag.NewFlagSet("", pflag.ContinueOnError)
	noFlags().AddFlags(flags)
	return flags
}

// noArgs rejects arguments, including unknown commands, as a usage error.
func noArgs(cmd *cobra.Command, args []string) error {
	if err := usagetext.Unknown(cmd, args); err != nil {
		return usage(err)
	}
	return nil
}

func newVersion(s Streams) *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version",
		Example: `  zenml-installer version`,
		Args:    noArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintf(s.Out, "zenml-installer %s %s/%s %s\n", version.String(), runtime.GOOS,
				runtime.GOARCH, runtime.Version())
			return err
		},
	}
}
