package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/zenml-installer/zenml-installer/sandbox/internal/state"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/teardown"
)

func newDownCommand() *cobra.Command {
	var name string
	var all bool
	command := &cobra.Command{
		Use:   "down",
		Short: "remove a sandbox and everything that belongs to it",
		Args:  cobra.NoArgs,
		RunE:  func(command *cobra.Command, _ []string) error { return runDown(command, name, all) },
	}
	addName(command, &name)
	command.Flags().BoolVar(&all, "all", false, "remove all sandboxes")
	command.MarkFlagsMutuallyExclusive("name", "all")
	return command
}

func runDown(command *cobra.Command, name string, all bool) error {
	names := []string{name}
	if all {
		root, err := root()
		if err != nil {
			return err
		}
		if names, err = state.List(root); err != nil {
			return err
		}
	}
	say := narrator(command.ErrOrStderr(), time.Now())
	var failed error
	for _, name := range names {
		failed = errors.Join(failed, removeOne(command.Context(), name, say))
	}
	return failed
}

func removeOne(ctx context.Context, name string, say func(string)) error {
	dir, err := dirOf(name)
	if err != nil {
		return err
	}
	if !dir.Exists() {
		say(fmt.Sprintf("sandbox %s does not exist", name))
	}
	lock, err := state.WaitLock(ctx, dir.NameLock())
	if err != nil {
		return err
	}
	if err := teardown.Down(ctx, dir); err != nil {
		lock.Unlock()
		return err
	}
	say(fmt.Sprintf("removed sandbox %s", name))
	if err := lock.Remove(); err != nil {
		return err
	}
	_ = os.Remove(dir.Root) // only if it is empty now
	return nil
}
