// Command cert-manager is cert-manager's controller, webhook, CA injector,
// HTTP-01 solver and API check, built from its Go module for the sandbox. The
// first argument selects the component; the remaining flags are those that
// cert-manager's chart sets.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	logsapi "k8s.io/component-base/logs/api/v1"
	ctrl "sigs.k8s.io/controller-runtime"

	"github.com/cert-manager/cert-manager/pkg/logs"
)

func main() {
	logs.InitLogs()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	err := newCommand().ExecuteContext(logs.NewContext(ctx, logs.Log))
	stop()
	logs.FlushLogs()
	if err != nil {
		os.Exit(1)
	}
}

func newCommand() *cobra.Command {
	command := &cobra.Command{
		Use:          "cert-manager",
		Short:        "cert-manager's components for the sandbox",
		SilenceUsage: true,
	}
	command.AddCommand(
		newControllerCommand(), newWebhookCommand(), newCAInjectorCommand(), newSolverCommand(), newAPICheckCommand(),
	)
	return command
}

// addLogging adds the logging flags and applies them before the command runs.
func addLogging(command *cobra.Command, config *logsapi.LoggingConfiguration) {
	logs.AddFlags(config, command.Flags())
	command.PreRunE = func(*cobra.Command, []string) error {
		ctrl.SetLogger(logs.Log)
		return logs.ValidateAndApply(config)
	}
}

// ignoreLeaderElection accepts and ignores the chart's leader election flags,
// because the sandbox runs one replica of each component.
func ignoreLeaderElection(flags *pflag.FlagSet) {
	flags.String("leader-election-namespace", "", "accepted and ignored: there is one replica")
}
