package cmd

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/spf13/cobra"

	"github.com/zenml-installer/zenml-installer/checks"
	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/report"
	"github.com/zenml-installer/zenml-installer/install"
	"github.com/zenml-installer/zenml-installer/install/connect"
	"github.com/zenml-installer/zenml-installer/render/chart"
	"github.com/zenml-installer/zenml-installer/render/values"
	"github.com/zenml-installer/zenml-installer/wizard/narrate"
)

type installOptions struct {
	streams  Streams
	common   common
	file     answersFlags
	checks   check.Options
	failOn   string
	output   string
	force    bool
	yes      bool
	stay     bool
	port     int
	suggest  []string
	diagnose string
	dryRun   bool
	detailed bool   // the exit code reports whether something would change
	format   string // of the plan

	found  check.Report    // of the preflight
	tunnel *connect.Tunnel // open since the server answered, or nil
	opened bool            // the page is open
}

func newInstall(s Streams, c *common, run func(context.Context, *installOptions) error) *cobra.Command {
	o := &installOptions{streams: s}
	cmd := &cobra.Command{
		Use:   "install",
		Short: "Install a ZenML server on a cluster",
		Long: `Install or upgrade a ZenML server: ask for missing answers, run the preflight
checks, write custom-values.yaml, install the chart, forward a port and open the
activation page.

With --yes it asks nothing: all answers come from the file and flags, and the
command ends when the server is ready (and activated, with admin.activate auto).

With --dry-run it changes nothing and prints what an install would change: every
object as a diff against the cluster, with hashes for secrets.`,
		Example: `  zenml-installer install
  zenml-installer install -f answers.yaml --dry-run
  zenml-installer install -f answers.yaml --yes
  zenml-installer install --bundle DIR --image-registry HOST/PATH --yes`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.common = *c
			return run(cmd.Context(), o)
		},
	}
	o.file.register(cmd)
	o.register(cmd)
	c.registerBundle(cmd)
	return cmd
}

func (o *installOptions) register(cmd *cobra.Command) {
	registerCheckFlags(cmd, &o.checks)
	flags := cmd.Flags()
	flags.StringVar(&o.output, "output", defaultValuesFile, "values file to write (-o is another flag: --format)")
	flags.BoolVar(&o.force, "force", false, "overwrite an existing values file")
	flags.StringVar(&o.failOn, "fail-on", "fail", "which preflight results stop the install: fail or warn")
	flags.BoolVarP(&o.yes, "yes", "y", false, "install without asking")
	flags.BoolVar(&o.dryRun, "dry-run", false, "print what an install would change, and change nothing")
	flags.BoolVar(&o.detailed, "detailed-exitcode", false,
		"with --dry-run: exit with 6 if something would change, and with 0 if nothing would")
	flags.StringVarP(&o.format, "format", "o", "text", "with --dry-run: format of the plan; --output is the values file")
	flags.BoolVar(&o.checks.WaitForOther, "wait-for-other", false, waitForOtherUsage)
	flags.BoolVar(&o.stay, "stay", false, "with --yes: keep the port-forward open until Ctrl-C")
	flags.StringArrayVar(&o.suggest, "suggest", nil, "answers file whose database is offered as a choice")
	flags.StringVar(&o.diagnose, "diagnose-on-failure", "",
		"archive to write if the install fails, with what explains it (see diagnose --help)")
	flags.IntVar(&o.port, "port", 0, "local port of the server (default 8080, or the next free port)")
}

func runInstall(ctx context.Context, o *installOptions) error {
	if err := errors.Join(o.checkDryRun(), checkPort(o.port)); err != nil {
		return err
	}
	switch {
	case o.failOn != "fail" && o.failOn != "warn":
		return usagef("--fail-on %s: must be fail or warn", o.failOn)
	case o.dryRun:
		return outOfTime(ctx, exitInstall, o.showPlan(ctx))
	case o.yes:
		return o.unattended(ctx)
	case !o.streams.Interactive() && !o.common.accessible: // --accessible also reads a pipe, one answer a line
		return o.cannotAsk(ctx)
	}
	return o.guided(ctx)
}

// cannotAsk reports what is missing if there is no terminal.
func (o *installOptions) cannotAsk(ctx context.Context) error {
	if _, err := o.file.load(ctx, o.streams, o.common); err != nil {
		return usage(fmt.Errorf("%w\nno terminal to ask on: pass the answers with -f answers.yaml or --answer "+
			"KEY=VALUE, and --yes", err))
	}
	return usagef("no terminal to ask on: pass --yes to install without asking")
}

// unattended installs without asking.
func (o *installOptions) unattended(ctx context.Context) error {
	file, err := o.file.load(ctx, o.streams, o.common)
	if err != nil {
		return outOfTime(ctx, exitInstall, err)
	}
	if o.common.bundle.isPushed() {
		if err := o.common.bundle.push(unlimited(ctx), o.streams, o.common); err != nil {
			return err
		}
		var cancel context.CancelFunc
		ctx, cancel = o.common.within(ctx) // the push does not count
		defer cancel()
	}
	u := newSetup(o.streams, o.common, file, chart.Load).orDeployed()
	err = o.installWith(ctx, u)
	o.diagnoseFailure(ctx, u, err)
	return outOfTime(ctx, exitInstall, err)
}

func (o *installOptions) installWith(ctx context.Context, u *setup) error {
	o.announce(u)
	if err := u.login(ctx, o.streams); err != nil && ctx.Err() != nil {
		return notReady(ctx, err) // preflight reports all other errors
	}
	go func() { _, _ = u.chart(ctx) }() // pull it beside the preflight, which reports errors
	if err := o.checkOutput(ctx, u); err != nil {
		return err
	}
	if err := o.preflight(ctx, u); err != nil {
		return err
	}
	outcome, err := o.apply(ctx, u)
	if err != nil {
		return err
	}
	u.printKeyNotice(o.streams.Err, outcome)
	c := o.connection()
	c.first = isFirstInstall(outcome)
	err = u.connect(ctx, c)
	var refused *connect.RefusedError
	if errors.As(err, &refused) {
		fmt.Fprintf(o.streams.Err, "ZenML is installed and running, but this machine cannot reach it: %v\n", err)
		if isFirstInstall(outcome) {
			fmt.Fprintln(o.streams.Err, "The server is not activated: the first person to open it becomes the admin.")
		}
		return nil
	}
	return err
}

// apply prepares the install, writes the values file and installs. If another
// run changed the release while this one waited for it, it starts over.
func (o *installOptions) apply(ctx context.Context, u *setup) (install.Outcome, error) {
	narrator := narrate.New(styled(o.streams.Err),
		narrate.Options{Terminal: o.common.terminal(o.streams), Verbose: o.common.verbose})
	for {
		a, err := o.prepare(ctx, u)
		if err != nil {
			return install.Outcome{}, err
		}
		early := u.connectEarly(unlimited(ctx), o.port, narrator.Install, o.answered(u, narrator))
		outcome, err := u.apply(unlimited(ctx), a, narrator.Install) // a.timeout limits it
		tunnel := early.Take()
		switch {
		case err == nil:
			o.tunnel = tunnel
			return outcome, nil
		case tunnel != nil:
			tunnel.Close()
		}
		if !o.checks.WaitForOther || !isOutdated(err) {
			return outcome, o.failed(narrator, operationOf(outcome), err)
		}
		narrator.Printf("The state has changed since this install was prepared: preparing this install again.")
		u = newSetup(o.streams, o.common, u.file, chart.Load).orDeployed()
		o.force = true // the existing file is from this run
	}
}

// connection configures how to connect after the install.
func (o *installOptions) connection() connection {
	return connection{streams: o.streams, port: o.port, open: !o.common.noOpen && o.stay && !o.opened, stay: o.stay,
		terminal: o.common.terminal(o.streams), tunnel: o.tunnel}
}

// prepare plans the install, prints what an upgrade changes, and writes the
// values file.
func (o *installOptions) prepare(ctx context.Context, u *setup) (application, error) {
	p, err := u.prepare(ctx)
	if err != nil {
		return application{}, err
	}
	faults, _ := p.judge(o.checks) // preflight has shown the warnings
	if err := faults.Err(); err != nil {
		return application{}, usage(err)
	}
	up, err := u.upgrade(ctx, p)
	if err != nil {
		return application{}, err
	}
	if err := u.checkAdminPassword(ctx, up == nil); err != nil {
		return application{}, err
	}
	reviewed, err := u.reviewed(ctx, up, o.found)
	if err != nil {
		return application{}, err
	}
	up.print(o.streams.Err, p)
	return application{
		prepared: p, reviewed: reviewed, from: up.release(), timeout: o.common.remaining(ctx),
		waitForOther: o.checks.WaitForOther, checks: o.checks,
	}, o.writeValues(ctx, u, p.document)
}

// announce prints the target before anything is written there. Without a usable
// kubeconfig it prints nothing, because the preflight reports that.
func (o *installOptions) announce(u *setup) {
	at, err := u.cluster.Context()
	if err != nil {
		return
	}
	fmt.Fprintf(o.streams.Err, "Installing release %s into namespace %s of context %s (%s)\n",
		u.answers.Cluster.Release, u.answers.Cluster.Namespace, at.Name, at.Server)
}

func (o *installOptions) preflight(ctx context.Context, u *setup) error {
	u.announceWrites(o.streams, o.checks)
	found, err := checks.Run(ctx, u.checksEnv(o.port), o.checks, nil)
	if err != nil && ctx.Err() == nil {
		return preflightError(err)
	}
	o.found = found
	shown := report.Text(styled(o.streams.Err), found, o.common.reportOptions(o.streams, o.streams.Err))
	if err := errors.Join(shown, u.nameWaiting(found, err)); err != nil {
		return notReady(ctx, err)
	}
	return reportError(found, o.failOn)
}

// outputTime limits the preparation that checkOutput needs.
const outputTime = 20 * time.Second

// checkOutput fails if the values file would be in the way, before the preflight
// takes its time. Other errors are left to the preflight.
func (o *installOptions) checkOutput(ctx context.Context, u *setup) error {
	if o.force || !isRegular(o.output) || u.ownValues(o.output).isUnedited(ctx) {
		return nil
	}
	limited, cancel := context.WithTimeout(ctx, outputTime)
	defer cancel()
	p, err := prepareWith(limited, u, u.online)
	if err != nil {
		return context.Cause(ctx)
	}
	inTheWay, err := blocks(o.output, p.document.Bytes)
	if err == nil && inTheWay {
		err = editedError(ctx, o.output, p.document)
	}
	if err != nil {
		return usage(err)
	}
	return nil
}

func (o *installOptions) writeValues(ctx context.Context, u *setup, document values.Document) error {
	own := u.ownValues(o.output)
	err := writeValues(ctx, o.output, document.Bytes, o.force || own.isUnedited(ctx))
	switch {
	case errors.Is(err, fs.ErrExist):
		return usage(editedError(ctx, o.output, document))
	case err != nil:
		return err
	}
	fmt.Fprintf(o.streams.Err, "Wrote %s\n", o.output)
	if document.Sensitive {
		fmt.Fprintf(o.streams.Err, "%s contains secrets: keep it private, and do not commit it.\n", o.output)
	} else {
		own.remember(document.Bytes)
	}
	return nil
}

// failed prints why the install failed, with evidence.
func (o *installOptions) failed(narrator *narrate.Narrator, does narrate.Operation, err error) error {
	var known *failure
	if !errors.As(installError(err), &known) || known.code == exitUsage {
		return installError(err)
	}
	narrator.Failed(does, err)
	var open *openServerError
	if errors.As(err, &open) {
		narrator.Printf("%s", open.remedy)
	}
	known.reported = true
	return known
}
