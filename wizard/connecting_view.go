package wizard

import (
	"strings"

	"github.com/charmbracelet/lipgloss"

	"github.com/zenml-installer/zenml-installer/install/connect"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/display"
)

func (c *connecting) view(width, height int) string {
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
		blocks = append(blocks, display.Wrap(c.note, width))
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
	if at := c.address(); at.URL != "" && !c.isExposedNow() {
		blocks = append(blocks, "From other machines: "+c.styles.Title.Render(at.URL)+"\n  "+
			c.styles.Key.Render(connect.LoginCommand(at.Login())))
	}
	if c.showQR {
		blocks = append(blocks, qrCode(c.address().URL))
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

func (c *connecting) reached(width int) string {
	if c.isExposedNow() {
		return c.styles.Good.Render(display.GlyphDone+" Server exposed at ") + c.styles.Title.Render(c.exposed.URL) + "\n" +
			c.styles.Muted.Render(display.Indent("  On this machine, also at "+c.tunnel.URL(), width))
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
		if c.exposed != nil && c.exposed.URL == "" {
			text = c.styles.Good.Render(display.GlyphDone + " The server is activated and exposed.")
		}
		if mode == answers.ActivateAuto {
			text += " Log in as " + c.responses.Complete().Admin.Username + "."
		}
		return text
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

func (c *connecting) login() string {
	at := connect.Login{URL: c.tunnel.URL()}
	if c.isExposedNow() {
		at = c.exposed.Login()
	}
	line := "  " + c.styles.Key.Render(connect.LoginCommand(at))
	if c.active {
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
