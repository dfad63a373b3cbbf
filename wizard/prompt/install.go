package prompt

import (
	"cmp"
	"context"
	"errors"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/install/connect"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/display"
	"github.com/zenml-installer/zenml-installer/wizard"
	"github.com/zenml-installer/zenml-installer/wizard/narrate"
)

// install carries out the plan. It asks first if checks failed or a release in
// use changes.
func (p *prompter) install(ctx context.Context, plan wizard.Plan, report check.Report) (again bool, err error) {
	if n := report.Summary().Failed; n > 0 {
		yes, err := p.confirm(ctx, "install", "Some checks failed, so the "+string(p.operation)+
			" is likely to fail. "+p.operation.Verb()+" anyway?", false)
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
	if p.unfinished {
		yes, err := p.confirm(ctx, "take over", "An earlier run did not finish. If it was killed, take over, keeping "+
			"all keys?", true)
		if err != nil || !yes {
			return true, err
		}
	}
	overwrite, err := p.askAboutFile(ctx, plan)
	if err != nil {
		return false, err
	}
	for {
		p.printf("")
		p.writeValuesFile(plan, overwrite)
		outcome, err := plan.Install(ctx, p.narrator.Install)
		p.outcome.Install, p.outcome.Err = outcome, err
		if err == nil {
			p.outcome.Ending = wizard.Installed
			_ = p.keeper.Finish(p.responses.Answers())
			return false, nil
		}
		p.narrator.Failed(p.operation, err)
		p.outcome.Ending = wizard.Failed
		if ctx.Err() != nil || narrate.Explain(err).Stopped {
			p.outcome.Ending = wizard.Stopped
			return false, errQuit
		}
		if narrate.Explain(err).Outdated {
			return p.reviewAgain(ctx)
		}
		again, leave, err := p.recover(ctx)
		if err != nil || leave {
			return again, err
		}
	}
}

// reviewAgain offers a new plan, with what another run has changed.
func (p *prompter) reviewAgain(ctx context.Context) (again bool, err error) {
	again, err = p.confirm(ctx, "review again", "Review the plan again, with the state and the keys that are in the "+
		"cluster now?", true)
	if err == nil && !again {
		err = errQuit
	}
	return again, err
}

// askAboutFile asks what happens to an existing values file with other content.
func (p *prompter) askAboutFile(ctx context.Context, plan wizard.Plan) (overwrite bool, err error) {
	changes := plan.FileChanges(p.ValuesPath)
	if len(changes) == 0 {
		return false, nil
	}
	p.printf("\n%s already exists. This %s would change these values in it:", p.ValuesPath, p.operation)
	for _, change := range changes {
		p.printf("  %s", change)
	}
	return p.confirm(ctx, "overwrite", "Overwrite it?", true)
}

// writeValuesFile writes the values file during an install.
func (p *prompter) writeValuesFile(plan wizard.Plan, overwrite bool) {
	err := plan.WriteValues(p.ValuesPath, overwrite)
	if p.outcome.ValuesErr = err; err == nil {
		p.outcome.Values = p.ValuesPath
	}
	p.printf("%s %s", display.GlyphBullet, wizard.DescribeValuesFile(p.ValuesPath, err))
}

// connect connects to the server, lets it be activated and keeps the connection
// open.
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
	p.printf("Server ready at %s", url)
	p.describeServer(tunnel.Server())
	way := a.Complete().Admin.Activate
	if way == answers.ActivateBrowser && !p.NoOpen {
		if err := p.Engine.OpenBrowser(ctx, url); err != nil {
			p.printf("Could not open the browser (%v). Open the address yourself.", err)
		} else {
			p.printf("Opened the browser.")
		}
	}
	when := "After activation, log in"
	if p.wasActive = tunnel.Server().WasActive; p.wasActive {
		when = "Log in"
	}
	p.printf("%s from your terminal: %s", when, connect.LoginCommand(connect.Login{URL: url}))
	return p.waitUntilClosed(ctx, a, tunnel, way)
}

// describeServer prints what else is known about the server.
func (p *prompter) describeServer(server wizard.Server) {
	if server.Closed {
		p.printf("The server is not exposed until it is activated.")
	}
	if server.Address.URL != "" && server.Address.IsSettled() {
		p.printf("From other machines: %s (log in: %s)", server.Address.URL,
			connect.LoginCommand(server.Address.Login()))
	}
	if server.ClientAdvice != "" {
		p.printf("%s", server.ClientAdvice)
	}
	if server.SSH != "" {
		p.printf("You are logged in over SSH. Run this on your own machine, then open the address there: %s",
			server.SSH)
	}
}

// waitUntilClosed waits for the activation and until the user ends the
// port-forward. Without a terminal it ends with the input, or right after it
// has activated the server itself.
func (p *prompter) waitUntilClosed(ctx context.Context, a answers.Answers, tunnel wizard.Tunnel, way string) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	active, settled := make(chan activation, 1), p.awaitAddress(ctx, a, tunnel.Server().Address)
	go func() {
		exposed, err := p.Engine.Activate(ctx, a, tunnel.URL())
		active <- activation{exposed, err}
	}()
	switch {
	case way == answers.ActivateAuto:
		p.printf("Activating the server with your user name and password…")
		ended := <-active
		if ended.err != nil {
			if !p.keepsAccount(ctx, ended.err) {
				return ended.err
			}
			a.Admin.Activate = answers.ActivateBrowser
			if ended.exposed, ended.err = p.Engine.Activate(ctx, a, tunnel.URL()); ended.err != nil {
				return ended.err
			}
		}
		settled = cmp.Or(p.reportActivated(ctx, a, ended.exposed), settled)
		active = nil
	case p.wasActive: // reportActivated says so
	case way == answers.ActivateLater:
		p.printf("The server is not activated: the first person to open it becomes the admin.")
	default:
		p.printf("Waiting for you to create the admin account in the browser…")
	}
	p.printf("Press Enter to end the port-forward. The server keeps running; reconnect with zenml-installer connect.")
	end := make(chan struct{})
	go func() {
		_, _ = p.in.line(ctx, false, func() {}) // a line, the end of the input and the end of ctx all end it
		close(end)
	}()
	for {
		select {
		case ended := <-active:
			if ended.err == nil {
				settled = cmp.Or(p.reportActivated(ctx, a, ended.exposed), settled)
			} else if ctx.Err() == nil {
				p.printf("Activation failed: %v", ended.err)
			}
			active = nil
		case at := <-settled:
			p.reportExposed(at)
			settled = nil
		case <-end:
			return ctx.Err()
		case <-tunnel.Done():
			return tunnel.Err()
		}
	}
}

// activation is how an activation ended.
type activation struct {
	exposed *connect.Address // nil if it exposed nothing
	err     error
}

// reportActivated prints that the server is activated, and where that exposed it. It
// returns a channel that receives the address once it is settled, nil if it is.
func (p *prompter) reportActivated(
	ctx context.Context, a answers.Answers, exposed *connect.Address,
) <-chan connect.Address {
	p.outcome.Activated = true
	text := "The server is activated."
	if p.wasActive && a.Complete().Admin.Activate != answers.ActivateAuto {
		text += " Log in with an existing account."
	}
	p.printf("%s", text)
	if exposed == nil {
		return nil
	}
	if exposed.IsSettled() {
		p.reportExposed(*exposed)
	}
	return p.awaitAddress(ctx, a, *exposed)
}

// reportExposed prints where other machines reach the server.
func (p *prompter) reportExposed(at connect.Address) {
	switch {
	case at.Unknown != "":
		p.printf("Where the server is exposed is not known: %s", at.Unknown)
		return
	case at.URL == "":
		p.printf("The server is exposed.")
		return
	}
	p.printf("The server is exposed at %s. Log in with: %s", at.URL, connect.LoginCommand(at.Login()))
}

// awaitAddress prints why the address is not settled, and returns a channel that
// receives it once it is. It returns nil for a settled address.
func (p *prompter) awaitAddress(
	ctx context.Context, a answers.Answers, at connect.Address,
) <-chan connect.Address {
	switch {
	case at.Unknown != "":
		p.printf("Where the server is exposed is not known: %s", at.Unknown)
		return nil
	case at.IsSettled():
		return nil
	case at.AwaitsCertificate:
		p.printf("Waiting for the certificate of %s: %s", at.URL, at.Trouble)
	case at.Pending != "":
		p.printf("The server is exposed, but %s", at.Pending)
	default:
		p.printf("The server cannot be reached at %s yet: %s", at.URL, at.Trouble)
	}
	settled := make(chan connect.Address, 1)
	go func() {
		if at := p.Engine.AwaitAddress(ctx, a); ctx.Err() == nil {
			settled <- at
		}
	}()
	return settled
}

// keepsAccount asks whether to continue with another account that has activated the
// server. In a pipe, an empty line does not.
func (p *prompter) keepsAccount(ctx context.Context, err error) bool {
	if !errors.Is(err, wizard.ErrOtherAdmin) {
		return false
	}
	p.printf("%v.\nIf its password is lost, another admin can reset it with `zenml user deactivate NAME`, which prints "+
		"a token for a new one.", err)
	yes, err := p.confirm(ctx, "account", "Continue, and log in with that account?", p.in.isTerminal())
	return err == nil && yes
}
