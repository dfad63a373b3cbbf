package cmd

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

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
		Short: "Check the cluster, the chart and the database",
		Long: `Run the preflight checks. Nothing is installed.

Without an answers file it checks for a trial install with SQLite.`,
		Example: `  zenml-installer preflight -f answers.yaml
  zenml-installer preflight --only cluster
  zenml-installer preflight -f answers.yaml -o junit > preflight.xml`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.common = *c
			return outOfTime(cmd.Context(), exitPreflight, run(cmd.Context(), o))
		},
	}
	o.file.register(cmd)
	registerCheckFlags(cmd, &o.checks)
	c.registerBundle(cmd)
	cmd.Flags().BoolVar(&o.checks.CreateNamespace, "create-namespace", false,
		"create a missing namespace for the checks from a pod, and remove it afterwards")
	cmd.Flags().StringVar(&o.failOn, "fail-on", "fail", "which results make the command fail: fail or warn")
	cmd.Flags().StringVarP(&o.output, "output", "o", "text", "report format: text, json or junit")
	cmd.Flags().IntVar(&o.port, "port", 0, "local port of the server")
	o.exports.register(cmd)
	return cmd
}

// registerCheckFlags adds the flags that select checks.
func registerCheckFlags(cmd *cobra.Command, o *check.Options) {
	flags := cmd.Flags()
	flags.StringSliceVar(&o.Only, "only", nil, "run only these groups or check ids, and their dependencies")
	flags.StringSliceVar(&o.Skip, "skip", nil, "skip these groups or check ids")
	flags.StringSliceVar(&o.WarnOnly, "warn-only", nil, "report failures of these groups or check ids as warnings")
	flags.BoolVar(&o.ReadOnly, "read-only", false, "write nothing anywhere, not even temporarily")
}

func runPreflight(ctx context.Context, o *preflightOptions) error {
	if !slices.Contains([]string{"text", "json", "junit"}, o.output) {
		return usagef("--output %s: must be text, json or junit; write the report to a file with > FILE", o.output)
	}
	if err := checkPort(o.port); err != nil {
		return err
	}
	if o.failOn != "fail" && o.failOn != "warn" {
		return usagef("--fail-on %s: must be fail or warn", o.failOn)
	}
	if o.file.name == "" && len(o.file.extras) == 0 && !o.common.bundle.isChosen() {
		fmt.Fprintln(o.streams.Err,
			"No answers file given: checking for a trial install with SQLite. Use -f answers.yaml to check yours.")
		o.file.extras = []string{"database.type=sqlite"}
	}
	file, err := o.file.load(ctx, o.streams, o.common)
	if err != nil {
		return err
	}
	unit := newSetup(o.streams, o.common, file, chart.Load).orDeployed()
	if done, err := o.exports.run(ctx, o.streams, unit); done || err != nil {
		return err
	}
	unit.announceWrites(o.streams, o.checks)
	if err := unit.login(ctx, o.streams); err != nil && ctx.Err() != nil {
		return notReady(ctx, err) // cluster.credentials reports any other error
	}
	report, err := checks.Run(ctx, unit.checksEnv(o.port), o.checks, o.watch())
	if err != nil && ctx.Err() == nil {
		return preflightError(err)
	}
	// The report of an interrupted run lists what was left behind.
	if err := errors.Join(o.write(report), unit.nameWaiting(report, err)); err != nil {
		return notReady(ctx, err)
	}
	return reportError(report, o.failOn)
}

// watch shows the running checks on a terminal until the report is written.
func (o *preflightOptions) watch() check.Observer {
	if !isTerminal(o.streams.Err) || o.streams.Plain() {
		return nil
	}
	return narrate.ProgressLine(destination(o.streams.Err))
}

func (o *preflightOptions) write(found check.Report) error {
	switch o.output {
	case "json":
		return report.JSON(o.streams.Out, found)
	case "junit":
		return report.JUnit(o.streams.Out, found, o.failOn == "warn")
	}
	return report.Text(styled(o.streams.Out), found, o.common.reportOptions(o.streams, o.streams.Out))
}

// reportError turns a report into the exit code, and names the checks that stop the
// command and what to do next.
func reportError(found check.Report, failOn string) error {
	switch found.Verdict() {
	case check.Failed:
		return stoppedBy(found, check.Failed, exitPreflight, "preflight failed")
	case check.Warned:
		if failOn == "warn" {
			return stoppedBy(found, check.Warned, exitWarnings, "preflight warned, and --fail-on is warn")
		}
	}
	return nil
}

func stoppedBy(found check.Report, status check.Status, code int, what string) error {
	var ids []string
	for _, r := range found.Results {
		if r.Status == status {
			ids = append(ids, r.Check.ID)
		}
	}
	return &failure{code: code, err: fmt.Errorf("%s: %s. Nothing was changed: follow the remedies in the report, "+
		"then run the command again", what, strings.Join(ids, ", "))}
}

// nameWaiting adds to the error of a preflight that ran out of time that it waited for
// the API server.
func (u *setup) nameWaiting(found check.Report, err error) error {
	waited := slices.ContainsFunc(found.Results, func(r check.Result) bool {
		return r.Check.ID == "cluster.reachable" && r.Unknown
	})
	at, failed := u.cluster.Context()
	if !waited || failed != nil || !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return u.silent(at, err)
}

// notReady gives a preflight that ran out of time the exit code of a failed one.
func notReady(ctx context.Context, err error) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return &failure{code: exitPreflight, err: explainTimeout(ctx, err)}
	}
	return err
}

// preflightError marks an unknown check id as a usage error.
func preflightError(err error) error {
	var unknown *check.UnknownError
	if errors.As(err, &unknown) {
		return usage(err)
	}
	return err
}

// announceWrites prints in advance what the checks write outside the cluster.
func (u *setup) announceWrites(s Streams, o check.Options) {
	for _, notice := range checks.Notices(u.answers, o) {
		fmt.Fprintln(s.Err, notice)
	}
}
