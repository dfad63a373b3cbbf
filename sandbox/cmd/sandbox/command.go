package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/zenml-installer/zenml-installer/sandbox/internal/state"
)

func newCommand() *cobra.Command {
	command := &cobra.Command{
		Use:           "sandbox",
		Short:         "run a throw-away Kubernetes cluster on this machine",
		Args:          cobra.NoArgs,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	command.CompletionOptions.DisableDefaultCmd = true
	command.AddCommand(newUpCommand(), newStatusCommand(), newDownCommand(), newDemoCommand(), newPrepareCommand(), newPublishCommand())
	return command
}

// addName adds the flag for the sandbox's name.
func addName(command *cobra.Command, name *string) {
	command.Flags().StringVar(name, "name", state.DefaultName, "name of the sandbox")
}

// dirOf returns the folder of the sandbox called name.
func dirOf(name string) (state.Dir, error) {
	root, err := root()
	if err != nil {
		return state.Dir{}, err
	}
	return state.NewDir(root, name)
}

// root returns the folder of all sandboxes.
func root() (string, error) {
	path, err := state.Root(os.Getenv(state.EnvRoot)) //nolint:forbidigo // only commands read the environment
	if err != nil {
		return "", fmt.Errorf("find the state folder: %w", err)
	}
	return path, nil
}
