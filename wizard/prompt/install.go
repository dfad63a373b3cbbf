package prompt

import (
	"context"
	"errors"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/install/connect"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/wizard"
	"github.com/zenml-installer/zenml-installer/wizard/narrate"
	"github.com/zenml-installer/zenml-installer/wizard/saved"
	"github.com/zenml-installer/zenml-installer/wizard/theme"
)

// install carries the plan out, after the person's word when checks failed or
// a release in use changes.
func (p *prompter) install(ctx context.Context, plan wizard.Plan, report check.Report) (again bool, err error) {
	if n := report.Summary().Failed; n > 0 {
		yes, err := p.confirm(ctx, "install", "Checks failed, so the install is likely to fail too. Install all the same?", false)
		if err != nil || !yes {
			return true, err
		}
	}
	if len(plan.Review().Changes) > 0 {
		yes, err := p.confirm(ctx, "upgrade", "The release is in use, and its values change. Upgrade it?", false)
		if err != nil || !yes {
			return true, err
		}
	}
	for {
		p.printf("")
		p.writeValuesFile(plan)
		outcome, err := plan.Install(ctx, p.narrator.Install)
		p.outcome.Install, p.outcome.Err = outcome, err
		if err == nil {
			p.outcome.Ending = wizard.Installed
			if p.StatePath != "" {
				_ = saved.Remove(p.StatePath)
			}
			return false, nil
		}
		p.narrator.InstallFailed(err)
		p.outcome.Ending = wizard.Failed
		if ctx.Err() != nil || narrate.Explain(err).Stopped {
			p.outcome.Ending = wizard.Stopped
			return false, errQuit
		}
		retry, err := p.confirm(ctx, "try again", "Try again?", false)
		if err != nil || !retry {
			return false, errors.Join(errQuit, nil)
		}
	}
}

// file writes the values file beside the install, never over another one.
func (p *prompter) writeValuesFile(plan wizard.Plan) {
	err := plan.WriteValues(p.ValuesPath, false)
	if p.outcome.ValuesErr = err; err == nil {
		p.outcome.Values = p.ValuesPath
	}
	p.printf("%s %s", theme.Bullet, wizard.DescribeValuesFile(p.ValuesPath, err))
}

// connect opens the way to the server, has it activated and holds it open.
func (p *prompter) connect(ctx context.Context) error {
	a := p.responses.Answers()
	p.printf("\nConnecting to the server…")
	tunnel, err := p.Engine.Connect(ctx, a, p.narrator.Install)
	if err != nil {
		return err
	}
	defer tunnel.Close()
	url := tunnel.URL()
	p.outcome.URL = url
	p.printf("The server answers at %s", url)
	way := a.Complete().Admin.Activate
	if way == answers.ActivateBrowser && !p.NoOpen {
		if err := p.Engine.OpenBrowser(ctx, url); err != nil {
			p.printf("The browser could not be opened (%v): open the address yourself.", err)
		} else {
			p.printf("The browser was opened.")
		}
	}
	p.printf("Once it is activated, log the zenml client in with: %s", connect.LoginCommand(connect.Login{URL: url}))
	return p.waitUntilClosed(ctx, a, tunnel, way)
}

// hold waits for the activation and for the person to end the port-forward.
// Without a terminal it ends when the input does, or at once after an
// activation of its own.
func (p *prompter) waitUntilClosed(ctx context.Context, a answers.Answers, tunnel wizard.Tunnel, way string) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	active := make(chan error, 1)
	go func() { active <- p.Engine.Activate(ctx, a, tunnel.URL()) }()
	switch way {
	case answers.ActivateAuto:
		p.printf("Activating it with the user and password that you gave…")
		if err := <-active; err != nil {
			return err
		}
		p.reportActivated()
		active = nil
	case answers.ActivateLater:
		p.printf("It is not activated: whoever reaches it first becomes its admin.")
	default:
		p.printf("Waiting for you to activate it in the browser: make the first admin there.")
	}
	p.printf("Press Enter to end the port-forward. The server keeps running; zenml-installer connect leads to it again.")
	end := make(chan struct{})
	go func() {
		_, _ = p.in.line(ctx, false, func() {}) // a line, the end of the input or ctx's: all mean to end
		close(end)
	}()
	for {
		select {
		case err := <-active:
			if err == nil {
				p.reportActivated()
			} else if ctx.Err() == nil {
				p.printf("It is not activated: %v", err)
			}
			active = nil
		case <-end:
			return ctx.Err()
		case <-tunnel.Done():
			return tunnel.Err()
		}
	}
}

func (p *prompter) reportActivated() {
	p.outcome.Activated = true
	p.printf("It is activated.")
}
