package cmd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/zenml-installer/zenml-installer/install"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/kube"
	"github.com/zenml-installer/zenml-installer/internal/shell"
	"github.com/zenml-installer/zenml-installer/wizard"
	"github.com/zenml-installer/zenml-installer/wizard/narrate"
	"github.com/zenml-installer/zenml-installer/wizard/saved"
)

// printOutcome prints the result after the screens are closed.
func (o *installOptions) printOutcome(ctx context.Context, e *engine, outcome wizard.Outcome) error {
	w := o.streams.Err
	outcome.Operation = cmp.Or(outcome.Operation, narrate.Install)
	switch outcome.Ending {
	case wizard.Failed, wizard.Stopped:
		o.printRemaining(e, outcome)
		o.diagnoseFailure(ctx, e.setup(outcome.Answers), outcome.Err)
		return o.endError(outcome)
	case wizard.Wrote:
		fmt.Fprintf(w, "Wrote %s. Nothing was %s.\n", outcome.Values, outcome.Operation.Past())
	case wizard.Installed:
		return o.printInstalled(ctx, e, outcome)
	default:
		fmt.Fprintln(w, "Nothing was "+outcome.Operation.Past()+"."+savedHint(outcome.Answers))
	}
	if outcome.Ending == wizard.Canceled {
		return &failure{code: exitInterrupted, err: context.Canceled, reported: true}
	}
	return nil
}

// runChosen runs the command that the user chose for a release.
func (o *installOptions) runChosen(ctx context.Context, e *engine, outcome wizard.Outcome) error {
	c, at := o.common, outcome.Answers.Cluster
	c.kube, c.release = kube.New(c.kube).FlagsFor(at.Context), at.Release
	*c.kube.Namespace = at.Namespace
	fmt.Fprintln(o.streams.Err, "Running "+e.setup(outcome.Answers).ownCommand(outcome.Command))
	ctx, cancel := c.within(ctx)
	defer cancel()
	switch outcome.Command {
	case "connect":
		return runConnect(ctx, &connectOptions{streams: o.streams, common: c, port: o.port})
	case "uninstall":
		return runUninstall(ctx, &uninstallOptions{streams: o.streams, common: c})
	}
	return runStatus(ctx, &statusOptions{streams: o.streams, common: c, output: "text"})
}

// printRemaining prints what a failed or stopped install has created, how to
// continue and how to remove it.
func (o *installOptions) printRemaining(e *engine, outcome wizard.Outcome) {
	w, u := o.streams.Err, e.setup(outcome.Answers)
	what := "was stopped"
	if outcome.Ending == wizard.Failed {
		what = "failed"
	}
	fmt.Fprintf(w, "The %s %s. Your answers are saved (without secrets); run %s to continue.\n", outcome.Operation,
		what, o.streams.program())
	switch outcome.Recovered {
	case wizard.RollBack:
		fmt.Fprintln(w, "The release was rolled back.")
		return
	case wizard.Remove:
		fmt.Fprintln(w, "The release and the Secrets of the installer were removed.")
		return
	}
	if outcome.Operation == narrate.Upgrade {
		printUpgraded(w, u, outcome.Install)
	} else {
		printCreated(w, u)
	}
	if outcome.Values != "" || outcome.ValuesErr != nil {
		o.printValuesFile(outcome)
	}
	var open *openServerError
	if errors.As(outcome.Err, &open) {
		fmt.Fprintln(w, open.remedy)
	}
}

// printUpgraded prints how to see what became of the release, and how to go back.
func printUpgraded(w io.Writer, u *setup, outcome install.Outcome) {
	at := u.answers.Cluster
	fmt.Fprintf(w, "Show the state of release %s with:\n  %s\n", at.Release, u.ownCommand("status"))
	if outcome.CanRollBack() {
		words := append([]string{"helm", "rollback", at.Release, strconv.Itoa(outcome.Before.Revision)},
			u.clusterFlags("--kube-context")...)
		fmt.Fprintf(w, "Go back to revision %d with:\n  %s\n", outcome.Before.Revision,
			shell.Line(append(words, "-n", at.Namespace)...))
	}
}

// printCreated prints what an install has created, and how to remove it.
func printCreated(w io.Writer, u *setup) {
	at := u.answers.Cluster
	fmt.Fprintf(w, "Remaining resources: namespace %s, its Secrets and release %s. Remove the release and the "+
		"Secrets with:\n  %s\n",
		at.Namespace, at.Release, u.ownCommand("uninstall"))
	fmt.Fprintf(w, "Remove the namespace, if nothing else is in it, with:\n  %s\n",
		u.kubectl("delete", "namespace", at.Namespace))
}

// endError returns the error of a failed or stopped install, without what was printed
// already: the line prompter has printed all of it, and the user stopped it themselves.
func (o *installOptions) endError(outcome wizard.Outcome) error {
	err := outcome.Err
	var open *openServerError
	if errors.As(err, &open) {
		err = open.err
	}
	ended := installError(err)
	var known *failure
	stopped := outcome.Ending == wizard.Stopped && exitCode(ended) == exitInterrupted
	if (stopped || o.asksInLines()) && errors.As(ended, &known) {
		known.reported = true
	}
	return ended
}

// printValuesFile prints whether the values file was written.
func (o *installOptions) printValuesFile(outcome wizard.Outcome) {
	if outcome.ValuesErr == nil {
		fmt.Fprintf(o.streams.Err, "Wrote %s\n", o.output)
		return
	}
	fmt.Fprintln(o.streams.Err, wizard.DescribeValuesFile(o.output, outcome.ValuesErr)+".")
}

func (o *installOptions) printInstalled(ctx context.Context, e *engine, outcome wizard.Outcome) error {
	w, u, claimed := o.streams.Err, e.setup(outcome.Answers), e.otherAdmin()
	fmt.Fprintf(w, "ZenML is %s: release %s, revision %d.\n", outcome.Operation.Past(), outcome.Install.Release.Name,
		u.lastRevision(ctx, outcome.Install.Release))
	o.printValuesFile(outcome)
	switch {
	case u.isClosed(ctx):
		fmt.Fprintln(w, u.closedSentence())
	case !outcome.Activated && claimed == nil:
		fmt.Fprintln(w, "It is not activated yet: the first person to open it becomes the admin.")
	}
	u.printKeyNotice(w, outcome.Install)
	if text := e.serviceAccountResult(); text != "" {
		fmt.Fprintln(w, text)
	}
	address := u.address(ctx)
	if outcome.URL == "" || address.URL != "" { // otherwise printLogin says it
		fmt.Fprintln(w, "Reconnect with:\n  "+u.connectCommand(""))
	}
	u.printLogin(o.streams, outcome.URL, false, address)
	printClientAdvice(ctx, o.streams, e.serverVersion())
	switch {
	case claimed != nil && isFirstInstall(outcome.Install):
		return &failure{code: exitInstall, err: claimed}
	case claimed != nil:
		fmt.Fprintf(w, "Warning: %v\n", claimed)
	}
	return nil
}

// lastRevision returns the revision of a release now: exposing it has upgraded it.
func (u *setup) lastRevision(ctx context.Context, installed *install.Release) int {
	latest, err := u.engine.Release(ctx, u.answers.Cluster.Namespace, installed.Name)
	if err != nil || latest == nil {
		return installed.Revision
	}
	return max(latest.Revision, installed.Revision)
}

// savedHint mentions the saved answers, if there are any.
func savedHint(a answers.Answers) string {
	if !saved.IsWorthKeeping(a) {
		return ""
	}
	return " Your answers are saved; run again to continue."
}
