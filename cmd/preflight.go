package cmd

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/zenml-installer/zenml-installer/checks"
	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/report"
	"github.com/zenml-installer/zenml-installer/render/chart"
	"github.com/zenml-installer/zenml-installer/wizard/narrate"
)

type preflightOptions struct {
	streams Streams
	common  common
	file    answersFlags
	checks  check.Options
	failOn  string
	output  string
	port    int
	exports exports
}

func newPreflight(s Streams, c *common, run func(context.Context, *preflightOptions) error) *cobra.Command {
	o := &preflightOptions{streams: s}
	cmd := &cobra.Command{
		Use:   "preflight",
		Short: "Check the cluster, the chart and the database; install nothing",
		Long: `Check everything that is known to go wrong before anything is touched.

Without an answers file the checks are those of a trial install with SQLite.`,
		Example: `  zenml-installer preflight -f answers.yaml
  zenml-installer preflight --only cluster
  zenml-installer preflight -f answers.yaml -o junit > preflight.xml`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.common = *c
			return run(cmd.Context(), o)
		},
	}
	o.file.register(cmd)
	registerCheckFlags(cmd, &o.checks)
	cmd.Flags().StringVar(&o.failOn, "fail-on", "fail", "what makes the command fail: fail or warn")
	cmd.Flags().StringVarP(&o.output, "output", "o", "text", "report format: text, json or junit")
	cmd.Flags().IntVar(&o.port, "port", 0, "local port that the server is to be reached by")
	o.exports.register(cmd)
	return cmd
}

// registerChoice adds the flags that choose among the checks.
func registerCheckFlags(cmd *cobra.Command, o *check.Options) {
	flags := cmd.Flags()
	flags.StringSliceVar(&o.Only, "only", nil, "only these groups or check ids, and what they need")
	flags.StringSliceVar(&o.Skip, "skip", nil, "leave out these groups or check ids")
	flags.StringSliceVar(&o.WarnOnly, "warn-only", nil, "make failures of these groups or check ids warnings")
	flags.BoolVar(&o.ReadOnly, "read-only", false, "write nothing anywhere, also not for a moment")
}

func runPreflight(ctx context.Context, o *preflightOptions) error {
	if !slices.Contains([]string{"text", "json", "junit"}, o.output) {
		return usagef("--output %s: it is text, json or junit", o.output)
	}
	if o.failOn != "fail" && o.failOn != "warn" {
		return usagef("--fail-on %s: it is fail or warn", o.failOn)
	}
	if o.file.name == "" && len(o.file.extras) == 0 {
		fmt.Fprintln(o.streams.Err, "No answers file: checking for a trial install with SQLite (-f answers.yaml checks yours).")
		o.file.extras = []string{"database.type=sqlite"}
	}
	file, err := o.file.load(o.streams, o.common)
	if err != nil {
		return err
	}
	unit := newSetup(o.streams, o.common, file, chart.Load)
	if done, err := o.exports.run(ctx, o.streams, unit); done || err != nil {
		return err
	}
	unit.announceWrites(o.streams, o.checks)
	report, err := checks.Run(ctx, unit.checksEnv(o.port), o.checks, o.watch())
	if err != nil && ctx.Err() == nil {
		return preflightError(err)
	}
	// The report of an interrupted run names what was left behind.
	if err := errors.Join(o.write(report), err); err != nil {
		return err
	}
	return reportError(report, o.failOn)
}

// watch shows on a terminal what is being checked, until the report is written.
func (o *preflightOptions) watch() check.Observer {
	if !isTerminal(o.streams.Err) || o.streams.Plain() {
		return nil
	}
	return narrate.ProgressLine(o.streams.Err)
}

func (o *preflightOptions) write(found check.Report) error {
	switch o.output {
	case "json":
		return report.JSON(o.streams.Out, found)
	case "junit":
		return report.JUnit(o.streams.Out, found, o.failOn == "warn")
	}
	return report.Text(o.streams.Out, found, o.common.reportStyle(o.streams, o.streams.Out))
}

// verdict turns a report that has been shown into the exit code.
func reportError(report check.Report, failOn string) error {
	switch report.Verdict() {
	case check.Failed:
		return &failure{code: exitPreflight, err: errors.New("preflight failed"), reported: true}
	case check.Warned:
		if failOn == "warn" {
			return &failure{code: exitWarnings, err: errors.New("preflight warned"), reported: true}
		}
	}
	return nil
}

// preflightError keeps a wrong check id a mistake of usage.
func preflightError(err error) error {
	var unknown *check.UnknownError
	if errors.As(err, &unknown) {
		return usage(err)
	}
	return err
}

// announceWrites says beforehand what the checks will write outside the cluster.
func (u *setup) announceWrites(s Streams, o check.Options) {
	for _, notice := range checks.Notices(u.answers, o) {
		fmt.Fprintln(s.Err, notice)
	}
}
