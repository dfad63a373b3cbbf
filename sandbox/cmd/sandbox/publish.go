package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/zenml-installer/zenml-installer/sandbox/internal/publish"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/state"
)

func newPublishCommand() *cobra.Command {
	var name string
	command := &cobra.Command{
		Use:   "publish VERSION",
		Short: "add a version of the real ZenML server, and its chart, to the registry of a running sandbox",
		Long:  "Adds a version of the real ZenML server and its chart to the registry of a running sandbox, and prints where they are as JSON.",
		Args:  cobra.ExactArgs(1),
		RunE:  func(command *cobra.Command, args []string) error { return runPublish(command, name, args[0]) },
	}
	addName(command, &name)
	return command
}

func runPublish(command *cobra.Command, name, version string) error {
	dir, err := dirOf(name)
	if err != nil {
		return err
	}
	record, err := state.Current(dir)
	if err != nil {
		return err
	}
	if record.State != state.Running {
		return fmt.Errorf("sandbox %s is %s: start it with sandbox up --name %s", name, record.State, name)
	}
	chart, ok := published(record, version)
	if !ok {
		if chart, err = publishServer(command, dir, record, version); err != nil {
			return err
		}
	}
	return json.NewEncoder(command.OutOrStdout()).Encode(chart)
}

// published returns the chart of a real server that the sandbox was started
// with.
func published(record *state.Record, version string) (state.Chart, bool) {
	i := slices.IndexFunc(record.Charts, func(c state.Chart) bool { return isReal(c) && c.Version == version })
	if i < 0 {
		return state.Chart{}, false
	}
	return record.Charts[i], true
}

func publishServer(command *cobra.Command, dir state.Dir, record *state.Record, version string) (state.Chart, error) {
	servers, err := buildServers(command.Context(), []string{version}, record.Nodes.Kind, narrator(command.ErrOrStderr(), time.Now()))
	if err != nil {
		return state.Chart{}, err
	}
	publisher := &publish.Publisher{Address: record.Registry.Address, Blobs: dir.Registry(), Charts: record.Charts}
	if err := publisher.Server(command.Context(), servers[0]); err != nil {
		return state.Chart{}, err
	}
	return publisher.Charts[len(publisher.Charts)-1], nil
}
