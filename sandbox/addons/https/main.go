// Command https is the sandbox's add-on for HTTPS. On the user's machine, "up"
// installs cert-manager, an ACME server and an ingress controller into a
// sandbox. In their pods, it runs the ACME server or the ingress controller.
package main

import (
	"context"
	"fmt"
	"log"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/types"

	"github.com/zenml-installer/zenml-installer/sandbox/addons/https/internal/acme"
	"github.com/zenml-installer/zenml-installer/sandbox/addons/https/internal/ingress"
	"github.com/zenml-installer/zenml-installer/sandbox/addons/https/internal/install"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	err := newCommand().ExecuteContext(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func newCommand() *cobra.Command {
	command := &cobra.Command{
		Use:           "https",
		Short:         "HTTPS for the sandbox",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	command.AddCommand(newUpCommand(), newIngressCommand(), newACMECommand())
	return command
}

func newUpCommand() *cobra.Command {
	options := install.Options{}
	command := &cobra.Command{
		Use:   "up",
		Short: "install the add-on into a sandbox and print where everything is, as JSON",
		Args:  cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			options.Progress = command.ErrOrStderr()
			return install.Up(command.Context(), options, command.OutOrStdout())
		},
	}
	flags := command.Flags()
	flags.StringVar(&options.Kubeconfig, "kubeconfig", "", "kubeconfig of the sandbox")
	flags.StringVar(&options.Registry, "registry", "", "host:port of the sandbox's registry")
	flags.StringVar(&options.NodeAddress, "node-address", "", "IP address of the node")
	flags.StringVar(&options.ACMEAddress, "acme-address", "", "IP address of the ACME server's Service")
	flags.StringVar(&options.Parts, "parts", "", "folder of cert-manager's binary and chart and of the CRDs")
	flags.StringVar(&options.StateDir, "state-dir", "", "folder for the certificate of the ACME server's root")
	for _, name := range []string{"kubeconfig", "registry", "node-address", "acme-address", "parts", "state-dir"} {
		_ = command.MarkFlagRequired(name)
	}
	return command
}

func newIngressCommand() *cobra.Command {
	var options ingress.Options
	var service string
	command := &cobra.Command{
		Use:   "ingress-controller",
		Short: "serve Ingresses, Gateways and HTTPRoutes",
		Args:  cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			namespace, name, _ := strings.Cut(service, "/")
			options.Service = types.NamespacedName{Namespace: namespace, Name: name}
			return ingress.Run(command.Context(), options, slog.New(slog.NewTextHandler(command.ErrOrStderr(), nil)))
		},
	}
	command.Flags().StringVar(&options.Address, "address", "", "IP address that statuses name")
	command.Flags().StringVar(&service, "service", "", "namespace/name of the controller's own Service")
	return command
}

func newACMECommand() *cobra.Command {
	options := acme.Options{}
	command := &cobra.Command{
		Use:   "acme-server",
		Short: "issue certificates as Let's Encrypt does",
		Args:  cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			return acme.Run(command.Context(), options, log.New(command.ErrOrStderr(), "", log.LstdFlags))
		},
	}
	flags := command.Flags()
	flags.StringVar(&options.CertFile, "tls-cert-file", "", "certificate of the API")
	flags.StringVar(&options.KeyFile, "tls-key-file", "", "its private key")
	flags.StringVar(
		&options.LimitedZone,
		"rate-limited-zone",
		"",
		"domain below which every order exceeds a rate limit",
	)
	flags.StringVar(&options.BlockedDomain, "blocked-domain", "", "domain that the server's policy refuses")
	return command
}
