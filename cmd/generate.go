package cmd

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/spf13/cobra"

	"github.com/zenml-installer/zenml-installer/install"
)

type generateOptions struct {
	streams Streams
	common  common
	file    fromFile
	output  string
	force   bool
}

func newGenerate(s Streams, c *common, run func(context.Context, *generateOptions) error) *cobra.Command {
	o := &generateOptions{streams: s}
	cmd := &cobra.Command{
		Use:   "generate",
		Short: "Write custom-values.yaml from the answers; install nothing",
		Long: `Write the chart's values file from the answers.

No cluster is asked. The chart is pulled to learn its layout; from a folder or
an archive nothing is asked of the network at all. What the values do is proved
on the rendered chart before the file is written.`,
		Example: `  zenml-installer generate -f answers.yaml
  zenml-installer generate -f answers.yaml --chart ./zenml-0.98.1.tgz --output -`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.common = *c
			return run(cmd.Context(), o)
		},
	}
	o.file.register(cmd)
	registerOutput(cmd, &o.output, &o.force)
	return cmd
}

func registerOutput(cmd *cobra.Command, output *string, force *bool) {
	cmd.Flags().StringVar(output, "output", defaultValuesFile, "the values file to write (- writes to standard output)")
	cmd.Flags().BoolVar(force, "force", false, "overwrite the values file")
}

func runGenerate(ctx context.Context, o *generateOptions) error {
	if o.file.name == "" && len(o.file.extras) == 0 {
		return usagef("there are no answers: give them with -f answers.yaml or --answer KEY=VALUE")
	}
	file, err := o.file.load(o.streams, o.common)
	if err != nil {
		return err
	}
	unit := newSetup(o.streams, o.common, file, install.LoadChart)
	p, err := unit.forFile(ctx)
	if err != nil {
		return err
	}
	if err := p.faults.Err(); err != nil {
		return usage(err)
	}
	if o.output == "-" {
		_, err := o.streams.Out.Write(p.document.Bytes)
		return err
	}
	if err := o.write(p.document.Bytes); err != nil {
		return err
	}
	o.explain(unit, p)
	return nil
}

// write asks before it overwrites, where there is someone to ask.
func (o *generateOptions) write(content []byte) error {
	err := writeValues(o.output, content, o.force)
	if !errors.Is(err, fs.ErrExist) {
		return err
	}
	if o.streams.Interactive() && confirm(o.streams, o.output+" exists with other content. Overwrite it?") {
		return writeValues(o.output, content, true)
	}
	return usage(err)
}

// explain says what was written and what a person does with it.
func (o *generateOptions) explain(u *setup, p *prepared) {
	w := o.streams.Err
	fmt.Fprintf(w, "Wrote %s for chart %s %s.\n", o.output, p.chart.Info.Name, p.chart.Info.Version)
	if p.document.Sensitive {
		fmt.Fprintln(w, "It holds a secret: keep it out of version control.")
	}
	fmt.Fprintln(w, "To install it by hand:")
	for _, command := range p.document.Commands() {
		fmt.Fprintln(w, "  "+command)
	}
	fmt.Fprintln(w, "  "+helmCommand(u, p, o.output))
}

// helmCommand is the Helm command line that installs what was prepared.
func helmCommand(u *setup, p *prepared, values string) string {
	command := fmt.Sprintf("helm upgrade --install %s %s", u.answers.Cluster.Release, u.answers.Chart.Ref)
	if !isLocalChart(u.answers.Chart.Ref) {
		command += " --version " + p.chart.Info.Version
	}
	command += fmt.Sprintf(" -n %s --create-namespace -f %s", u.answers.Cluster.Namespace, values)
	if u.plainHTTP {
		command += " --plain-http"
	}
	if u.answers.Cluster.Context != "" {
		command += " --kube-context " + u.answers.Cluster.Context
	}
	return command
}
