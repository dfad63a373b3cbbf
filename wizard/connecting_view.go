package wizard

import (
	"strings"

	"github.com/charmbracelet/lipgloss"

	"github.com/zenml-installer/zenml-installer/install/connect"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/display"
)

func (c *connecting) view(width, height int) string {
	if c.showQR && c.publicURL() != "" {
		return c.qrView(width, height)
	}
	bottom := c.list.flat(width)
	c.pane.set(c.document(width), width, max(height-lipgloss.Height(bottom)-1, 1))
	return c.pane.view() + "\n\n" + bottom
}

func (c *connecting) document(width int) string {
	var blocks []string
	switch {
	case c.failure != "":
		blocks = append(blocks, c.styles.Bad.Render(display.GlyphFailed+" Not connected to the server: ")+c.failure,
			"The server keeps running in the cluster.")
	case c.tunnel == nil:
		blocks = append(
			blocks,
			c.styles.Accent.Render(
				c.spinner()+" Connecting to the server… ",
			)+c.styles.Muted.Render(
				since(c.now(), c.startedAt),
			),
		)
	default:
		blocks = append(blocks, c.reached(width), c.activationLine(), c.login())
		blocks = append(blocks, c.serverBlocks(width)...)
	}
	if c.note != "" {
		blocks = append(blocks, remedy(c.note, "", width))
	}
	if len(c.notices) > 0 {
		var lines []string
		for _, n := range c.notices {
			lines = append(lines, c.styles.Muted.Render(display.Indent(display.GlyphBullet+" "+n, width)))
		}
		blocks = append(blocks, strings.Join(lines, "\n"))
	}
	if c.tunnel != nil {
		which := "The address"
		if c.isExposedNow() {
			which = "The local address"
		}
		blocks = append(blocks, c.styles.Muted.Render(which+" works until you quit, which ends the "+
			"port-forward. The server keeps running; reconnect with zenml-installer connect."))
	}
	return strings.Join(blocks, "\n\n")
}

// serverBlocks shows what else is known about the server.
func (c *connecting) serverBlocks(width int) []string {
	var blocks []string
	server := c.tunnel.Server()
	if server.Closed && !c.active {
		blocks = append(blocks, "The server is not exposed until it is activated.")
	}
	if text := c.publicAddress(width); text != "" {
		blocks = append(blocks, text)
	}
	if server.ClientAdvice != "" {
		blocks = append(blocks, c.styles.Warn.Render(display.Indent(display.GlyphWarning+" "+server.ClientAdvice,
			width)))
	}
	if server.SSH != "" {
		blocks = append(blocks, display.Wrap("You are logged in over SSH. Run this on your own machine, then open "+
			"the address there:", width)+"\n  "+c.styles.Key.Render(server.SSH))
	}
	return blocks
}

// publicAddress shows where other machines reach the server, or why they do not yet.
func (c *connecting) publicAddress(width int) string {
	at := c.public
	switch {
	case at.AwaitsCertificate:
		return c.styles.Accent.Render(display.Wrap(c.spinner()+" Waiting for the certificate of "+at.URL+
			". This screen shows the address when it is issued.", width)) + "\n" +
			c.styles.Muted.Render(display.Indent("  "+at.Trouble, width))
	case at.Unknown != "":
		return c.styles.Warn.Render(display.Indent(display.GlyphWarning+" Where the server is exposed is not known: "+
			at.Unknown, width))
	case at.Pending != "":
		return display.Wrap(c.spinner()+" The server is exposed, but "+at.Pending, width)
	case at.Trouble != "":
		return c.styles.Warn.Render(display.Indent(display.GlyphWarning+" The server cannot be reached at "+at.URL+
			" yet: "+at.Trouble, width))
	case at.URL != "" && !c.isExposedNow():
		return "From other machines: " + c.styles.Title.Render(at.URL) + "\n  " +
			c.styles.Key.Render(connect.LoginCommand(at.Login())) + c.untrusted(width)
	}
	return ""
}

// untrusted explains why the login at the public address needs an option, or is empty.
func (c *connecting) untrusted(width int) string {
	if !c.public.NoVerify {
		return ""
	}
	return "\n" + c.styles.Muted.Render(display.Indent("  This machine does not trust its certificate, so browsers show "+
		"a warning and zenml login needs --no-verify-ssl.", width))
}

func (c *connecting) reached(width int) string {
	if c.isExposedNow() {
		return c.styles.Good.Render(display.GlyphDone+" Server exposed at ") + c.styles.Title.Render(c.public.URL) + "\n" +
			c.styles.Muted.Render(display.Indent("  On this machine, also at "+c.tunnel.URL(), width)) + c.untrusted(width)
	}
	text := c.styles.Good.Render(display.GlyphDone+" Server ready at ") + c.styles.Title.Render(c.tunnel.URL())
	if c.browser != "" {
		text += "\n" + c.styles.Muted.Render(display.Indent("  "+c.browser, width))
	}
	return text
}

func (c *connecting) activationLine() string {
	switch mode := c.activateMode(); {
	case c.active:
		text := c.styles.Good.Render(display.GlyphDone + " The server is activated.")
		if c.opened && c.publicURL() == "" {
			text = c.styles.Good.Render(display.GlyphDone + " The server is activated and exposed.")
		}
		switch {
		case mode == answers.ActivateAuto:
			text += " Log in as " + c.responses.Complete().Admin.Username + "."
		case c.keepsAccount || c.tunnel.Server().WasActive:
			text += " Log in with an existing account."
		}
		return text
	case c.claimed:
		return c.claimedText()
	case c.activationError != "":
		return c.styles.Bad.Render(display.GlyphFailed+" Activation failed: ") + c.activationError
	case mode == answers.ActivateAuto:
		return c.styles.Accent.Render(c.spinner() + " Activating the server with your user name and password…")
	case mode == answers.ActivateLater:
		return c.styles.Warn.Render(display.GlyphWarning + " Not activated yet. The first person to open it " +
			"becomes the admin, so create the admin account soon.")
	}
	return c.styles.Accent.Render(c.spinner() + " Waiting for you to create the admin account in the browser…")
}

// claimedText says that another account has activated the server, and how to log in.
func (c *connecting) claimedText() string {
	user := c.responses.Complete().Admin.Username
	return c.styles.Warn.Render(display.GlyphWarning+" The server is already activated, and "+user+" cannot log in.") +
		" Its database was used by another server, or someone else activated it.\n" +
		"Log in with the account that activated it. If its password is lost, another admin can reset it with " +
		c.styles.Key.Render("zenml user deactivate NAME") + ", which prints a token for a new one. If nobody knows " +
		"the account, use another, empty database."
}

func (c *connecting) login() string {
	at := connect.Login{URL: c.tunnel.URL()}
	if c.isExposedNow() {
		at = c.public.Login()
	}
	line := "  " + c.styles.Key.Render(connect.LoginCommand(at))
	if c.active || c.claimed {
		return "Log in from your terminal:\n" + line
	}
	return "After activation, log in from your terminal:\n" + line
}

func (c *connecting) about() (title, text string) {
	return "Connect", "The server runs in the cluster. This screen forwards a local port to it and reconnects when " +
		"the server's pod is replaced.\n\n" +
		"A new server must be activated once, by creating its admin account. zenml login works only after that.\n\n" +
		"Press o to open the browser again, c to copy the address, q to quit. Run zenml-installer connect to reconnect later."
}
