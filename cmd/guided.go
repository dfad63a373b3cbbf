package cmd

import (
	"context"
	"fmt"
	"io"
	"path/filepath"

	"github.com/adrg/xdg"

	"github.com/zenml-installer/zenml-installer/checks"
	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/install"
	"github.com/zenml-installer/zenml-installer/install/connect"
	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/display"
	"github.com/zenml-installer/zenml-installer/internal/zenml"
	"github.com/zenml-installer/zenml-installer/render/chart"
	"github.com/zenml-installer/zenml-installer/render/values"
	"github.com/zenml-installer/zenml-installer/wizard"
	"github.com/zenml-installer/zenml-installer/wizard/prompt"
	"github.com/zenml-installer/zenml-installer/wizard/question"
	"github.com/zenml-installer/zenml-installer/wizard/saved"
)

// guided asks for missing answers, on screens or line by line.
func (o *installOptions) guided(ctx context.Context) error {
	file, err := o.file.loadPartial(ctx, o.streams, o.common)
	if err != nil {
		return err
	}
	if o.common.bundle.isPushed() {
		if err := o.pushAgreed(unlimited(ctx)); err != nil {
			return err
		}
		var cancel context.CancelFunc
		ctx, cancel = o.common.within(ctx) // neither the question nor the push counts
		defer cancel()
	}
	e := &engine{streams: o.streams, common: o.common, file: file, options: o.checks, port: o.port, output: o.output,
		force: o.force}
	if e.suggestions, err = readSuggestions(ctx, o.suggest); err != nil {
		return usage(err)
	}
	if err := e.login(ctx); err != nil {
		return err
	}
	if o.streams.files != nil {
		o.streams.files.within = func() (context.Context, context.CancelFunc) { return o.common.within(ctx) }
	}
	ctx = unlimited(ctx) // the user takes their time; the engine limits each step
	outcome, err := o.ask(ctx, e, file.Answers)
	e.printLeftovers(o.streams.Err)
	if err != nil && e.otherAdmin() == nil { // the server is installed even if it has another admin
		return err
	}
	if outcome.Command != "" {
		return o.runChosen(ctx, e, outcome)
	}
	return o.printOutcome(ctx, e, outcome)
}

// pushAgreed pushes the images of the bundle if the user agrees. The preflight needs them
// in their registry, because its probe pod uses the server's image.
func (o *installOptions) pushAgreed(ctx context.Context) error {
	f := o.common.bundle
	question := fmt.Sprintf("Push %s of the bundle (%s) to %s? The preflight checks use them there.",
		display.Count(len(f.opened.Images), "image"), display.Bytes(f.opened.Size), f.registry)
	if confirm(ctx, o.streams, question) {
		return f.push(ctx, o.streams, o.common)
	}
	if err := context.Cause(ctx); err != nil {
		return err
	}
	return usagef("nothing was pushed or installed: to use images that are in the registry already, " +
		"run the command without --image-registry, and name them in the answers")
}

// printLeftovers lists what interrupted checks could not remove.
func (e *engine) printLeftovers(w io.Writer) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, l := range e.leftovers {
		fmt.Fprintf(w, "Not removed: %s\n  %s\n", l.What, l.Remedy)
	}
}

func (o *installOptions) ask(ctx context.Context, e *engine, start answers.Answers) (wizard.Outcome, error) {
	options := wizard.Options{
		Engine: e, Input: o.streams.In, Output: destination(o.streams.Err),
		Terminal:   o.common.terminal(o.streams),
		Start:      start,
		Unfinished: unfinishedInstalls(),
		ValuesPath: o.output,
		Home:       xdg.Home,
		NoOpen:     o.common.noOpen,
		Verbose:    o.common.verbose,
	}
	if o.asksInLines() {
		options.Output = styled(o.streams.Err)
		return prompt.Run(ctx, options)
	}
	return wizard.Run(ctx, options)
}

// asksInLines reports whether the guided install asks line by line, without screens.
func (o *installOptions) asksInLines() bool { return o.common.accessible || o.streams.Plain() }

// unfinishedInstalls is the folder for the answers of interrupted installs.
func unfinishedInstalls() saved.Folder {
	return saved.Folder(filepath.Join(xdg.StateHome, "zenml-installer", "unfinished"))
}

// open exposes a closed server that is activated, and returns its address; nil if there
// is nothing to expose.
func (e *engine) open(ctx context.Context, u *setup, client zenml.Client) (*connect.Address, error) {
	if u.answers.Expose.Type == answers.PortForward {
		return nil, nil
	}
	e.mu.Lock()
	observe := e.observe
	e.mu.Unlock()
	if observe == nil {
		observe = func(event.Event) {}
	}
	opened, err := u.open(ctx, e.common.timeout, client, observe)
	if !opened || err != nil {
		return nil, err
	}
	at := u.address(ctx)
	return &at, nil
}

// AwaitAddress implements wizard.Engine.
func (e *engine) AwaitAddress(ctx context.Context, a answers.Answers) connect.Address {
	return e.setup(a).awaitAddress(ctx, connect.Address{}, connect.Address.IsSettled)
}

// rememberObserver records who is told about the connection.
func (e *engine) rememberObserver(observe event.Observer) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.observe = observe
}

// openTunnel is a tunnel to a server that answers.
type openTunnel struct {
	*connect.Tunnel
	server wizard.Server
}

func (t openTunnel) Server() wizard.Server { return t.server }

// CheckStep implements wizard.Engine.
func (e *engine) CheckStep(ctx context.Context, a answers.Answers, step answers.Step, observe check.Observer) {
	u := e.setup(a)
	if step == answers.StepCluster {
		go func() { _, _ = u.chart(ctx) }() // the review needs it
	}
	options := e.options
	options.Only, options.ReadOnly, options.CreateNamespace = question.Groups(step), true, false
	_, _ = checks.Run(ctx, u.checksEnv(e.port), options, observe)
}

// PreviewValues implements wizard.Engine.
func (e *engine) PreviewValues(ctx context.Context, a answers.Answers) (string, error) {
	a.Expose.Host.NipIO = false // its address is in the cluster
	u := e.setup(a)
	chart, err := u.chart(ctx)
	if err != nil {
		return "", err
	}
	document, err := values.Build(u.answers, chart.Info, values.Settings{
		Local: u.local, Keys: values.GenerateKeys(u.answers, nil),
	})
	if err != nil {
		return "", err
	}
	return document.Redacted()
}

// SaveAnswers implements wizard.Engine.
func (e *engine) SaveAnswers(path string, a answers.Answers, overwrite bool) (wizard.SavedAnswers, error) {
	content, moved := answers.Write(a)
	ctx, cancel := context.WithTimeout(context.Background(), valuesTimeout)
	defer cancel()
	if err := writeValues(ctx, path, content, overwrite); err != nil {
		return wizard.SavedAnswers{}, err
	}
	arguments := []string{"install", "-f", path, "--yes"}
	if e.common.plainHTTP { // which is no answer
		arguments = append(arguments, "--plain-http")
	}
	saved := wizard.SavedAnswers{Path: path, Command: e.setup(a).ownCommand(arguments[0], arguments[1:]...)}
	for _, m := range moved {
		saved.Environment = append(saved.Environment, "$"+m.Env)
	}
	return saved, nil
}

// Recover carries out a choice after a failed install.
func (e *engine) Recover(
	ctx context.Context, a answers.Answers, r wizard.Recovery, f wizard.Failure, observe event.Observer,
) (string, error) {
	u := e.setup(a)
	switch r {
	case wizard.RollBack:
		return u.rollBack(ctx, f.Install.Before, observe)
	case wizard.Remove:
		return u.removeFailed(ctx, observe)
	}
	_, path, err := u.saveEvidence(ctx, "", f.Err)
	if err != nil {
		return "", err
	}
	return "Wrote " + path + ". Secrets are masked; read it before you send it to anybody.", nil
}

func (u *setup) rollBack(ctx context.Context, to *install.Release, observe event.Observer) (string, error) {
	observe, done := u.record("roll back", nil, observe)
	defer done()
	outcome, err := u.engine.RollBack(ctx, to, u.common.timeout, observe)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("Rolled back: revision %d has the chart and the values of revision %d.",
		outcome.Release.Revision,
		to.Revision), nil
}

// removeFailed removes what a failed first install has created.
func (u *setup) removeFailed(ctx context.Context, observe event.Observer) (string, error) {
	ctx, cancel := u.common.within(ctx)
	defer cancel()
	observe, done := u.record("uninstall", nil, observe)
	defer done()
	removed, err := u.engine.Uninstall(ctx, install.RemovalRequest{
		Namespace: u.answers.Cluster.Namespace, Release: u.answers.Cluster.Release,
	}, observe)
	if err != nil {
		return "", err
	}
	text := removalSummary(removed)
	for _, kept := range removed.Kept {
		text += " Kept " + kept.String() + "."
	}
	return text, nil
}

// chart returns a chart, which is pulled once.
func (e *engine) chart(ctx context.Context, source chart.Source) (*chart.Chart, error) {
	e.mu.Lock()
	known := e.charts[source]
	e.mu.Unlock()
	if known != nil {
		return known, nil
	}
	pulled := e.pulls.DoChan(fmt.Sprintf("%+v", source), func() (any, error) {
		ctx, cancel := e.common.within(context.WithoutCancel(ctx)) // others may wait for it, too
		defer cancel()
		return e.pull(ctx, source)
	})
	select {
	case r := <-pulled:
		if r.Err != nil {
			return nil, r.Err
		}
		return r.Val.(*chart.Chart), nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// pull pulls a chart and keeps it.
func (e *engine) pull(ctx context.Context, source chart.Source) (*chart.Chart, error) {
	pulled, err := chart.Load(ctx, source)
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.charts == nil {
		e.charts = map[chart.Source]*chart.Chart{}
	}
	e.charts[source] = pulled
	return pulled, nil
}
