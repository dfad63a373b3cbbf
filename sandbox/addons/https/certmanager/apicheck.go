package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/util/wait"
	ctrl "sigs.k8s.io/controller-runtime"

	"github.com/cert-manager/cert-manager/pkg/logs"
	"github.com/cert-manager/cert-manager/pkg/util/cmapichecker"
)

// newAPICheckCommand is the chart's post-install hook "startupapicheck check
// api --wait=1m", which succeeds when cert-manager's API and webhook work.
func newAPICheckCommand() *cobra.Command {
	var timeout time.Duration
	command := &cobra.Command{Use: "startupapicheck", Short: "wait for cert-manager's API"}
	check := &cobra.Command{Use: "check", Short: "check a component"}
	api := &cobra.Command{
		Use:   "api",
		Short: "check cert-manager's API",
		Args:  cobra.NoArgs,
		RunE:  func(command *cobra.Command, _ []string) error { return checkAPI(command.Context(), timeout) },
	}
	api.Flags().DurationVar(&timeout, "wait", 0, "how long to wait until the API is ready")
	api.Flags().CountP("v", "v", "accepted and ignored")
	check.AddCommand(api)
	command.AddCommand(check)
	return command
}

func checkAPI(ctx context.Context, timeout time.Duration) error {
	config, err := ctrl.GetConfig()
	if err != nil {
		return err
	}
	namespace := os.Getenv("POD_NAMESPACE") //nolint:forbidigo // a command of its own reads the environment
	checker, err := cmapichecker.New(config, namespace)
	if err != nil {
		return err
	}
	var last error
	err = wait.PollUntilContextTimeout(ctx, time.Second, timeout, true, func(ctx context.Context) (bool, error) {
		last = checker.Check(ctx)
		if last != nil {
			logs.Log.Info("not ready", "error", last.Error())
		}
		return last == nil, nil
	})
	if err != nil {
		return fmt.Errorf("cert-manager's API is not ready after %s: %w", timeout, last)
	}
	return nil
}
