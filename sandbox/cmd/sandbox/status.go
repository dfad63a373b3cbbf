package main

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/zenml-installer/zenml-installer/sandbox/internal/state"
)

func newStatusCommand() *cobra.Command {
	var name, output string
	command := &cobra.Command{
		Use:   "status",
		Short: "show whether a sandbox runs, and its addresses",
		Args:  cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			return runStatus(command.OutOrStdout(), name, output)
		},
	}
	addName(command, &name)
	command.Flags().StringVarP(&output, "output", "o", "text", "text or json")
	return command
}

func runStatus(out io.Writer, name, output string) error {
	dir, err := dirOf(name)
	if err != nil {
		return err
	}
	record, err := state.Current(dir)
	if err != nil {
		return err
	}
	switch output {
	case "json":
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(record)
	case "text":
		return printStatus(out, record)
	}
	return fmt.Errorf("-o %q: use text or json", output)
}

func printStatus(out io.Writer, record *state.Record) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	row := func(title, format string, args ...any) {
		_, _ = fmt.Fprintf(table, title+"\t"+format+"\n", args...)
	}
	row("sandbox", "%s", record.Name)
	row("state", "%s", record.State)
	for _, failure := range record.Failures {
		row("failure", "%s: %s (log: %s)", failure.Component, failure.Message, failure.Log)
	}
	if record.State != state.Stopped {
		printAddresses(row, record)
	}
	return table.Flush()
}

func printAddresses(row func(string, string, ...any), record *state.Record) {
	row("nodes", "%d %s", record.Nodes.Count, record.Nodes.Kind)
	row("kubeconfig", "%s", record.Kubeconfig)
	row("api server", "%s (%s)", record.Kubernetes.APIServer, record.Kubernetes.Version)
	row("registry", "%s, from nodes %s", record.Registry.Address, record.Registry.NodeAddress)
	for _, chart := range record.Charts {
		row("chart", "%s --version %s (%s)", chart.Ref, chart.Version, chart.Generation)
	}
	if db := record.Database; db != nil {
		row("database", "mysql://%s@%s:%d/%s (reports %s, password in %s)", db.User, db.Host, db.Port, db.Name, db.Version, db.PasswordFile)
	}
	if https := record.HTTPS; https != nil {
		row("https", "%s, ingress class %s, Gateway %s, ClusterIssuer %s (root certificate in %s)",
			https.Address, https.IngressClasses[0], https.Gateway, https.ClusterIssuers[0], https.CAFile)
	}
	row("logs", "%s", record.Logs)
}
