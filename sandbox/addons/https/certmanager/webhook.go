package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/cert-manager/cert-manager/internal/webhook"
	"github.com/cert-manager/cert-manager/pkg/logs"
	"github.com/cert-manager/cert-manager/pkg/webhook/options"
)

func newWebhookCommand() *cobra.Command {
	config, err := options.NewWebhookConfiguration()
	if err != nil {
		panic(err) // cannot happen with cert-manager's defaults
	}
	command := &cobra.Command{
		Use:   "webhook",
		Short: "validate and default cert-manager's resources",
		Args:  cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			ctx := logs.NewContext(command.Context(), logs.Log, "webhook")
			server, err := webhook.NewCertManagerWebhookServer(logs.FromContext(ctx), *config)
			if err != nil {
				return fmt.Errorf("create the webhook server: %w", err)
			}
			return server.Run(ctx)
		},
	}
	options.AddConfigFlags(command.Flags(), config)
	command.PreRunE = func(*cobra.Command, []string) error { return logs.ValidateAndApply(&config.Logging) }
	return command
}
