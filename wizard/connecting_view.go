package wizard

import (
	"strings"

	"github.com/charmbracelet/lipgloss"

	"github.com/zenml-installer/zenml-installer/install/connect"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/wizard/theme"
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
		blocks = append(blocks, c.styles.Bad.Render(theme.Bad+" There is no way to the server: ")+c.failure,
			"The server itself keeps running in the cluster.")
	case c.tunnel == nil:
		blocks = append(blocks, c.styles.Accent.Render(theme.Working+" Connecting to the server… ")+c.styles.Muted.Render(since(c.now(), c.startedAt)))
	default:
		blocks = append(blocks, c.reached(), c.activationLine(), c.login())
	}
	if len(c.notices) > 0 {
		var lines []string
		for _, n := range c.notices {
			lines = append(lines, c.styles.Muted.Render(indent(theme.Bullet+" "+n, width)))
		}
		blocks = append(blocks, strings.Join(lines, "\n"))
	}
	if c.tunnel != nil {
		blocks = append(blocks, c.styles.Muted.Render("The address works as long as this window is open: leaving ends the port-forward. The server keeps running; zenml-installer connect leads to it again."))
	}
	return strings.Join(blocks, "\n\n")
}

func (c *connecting) reached() string {
	text := c.styles.Good.Render(theme.Done+" The server answers at ") + c.styles.Title.Render(c.tunnel.URL())
	if c.browser != "" {
		text += "\n  " + c.styles.Muted.Render(c.browser)
	}
	return text
}

func (c *connecting) activationLine() string {
	switch mode := c.activateMode(); {
	case c.active:
		text := c.styles.Good.Render(theme.Done+" It is activated") + " since " + c.activeAt.Format("15:04:05") + "."
		if mode == answers.ActivateAuto {
			text += " Log in as " + c.responses.Complete().Admin.Username + "."
		}
		return text
	case c.activationError != "":
		return c.styles.Bad.Render(theme.Bad+" The activation failed: ") + c.activationError
	case mode == answers.ActivateAuto:
		return c.styles.Accent.Render(theme.Working + " Activating it with the user and password that you gave…")
	case mode == answers.ActivateLater:
		return c.styles.Warn.Render(theme.Warning + " It is not activated: whoever reaches it first becomes its admin. Open the address and make the first admin.")
	}
	return c.styles.Accent.Render(theme.Working + " Waiting for you to activate it in the browser: make the first admin there.")
}

func (c *connecting) login() string {
	line := "  " + c.styles.Key.Render(connect.LoginCommand(connect.Login{URL: c.tunnel.URL()}))
	if c.active {
		return "Log the zenml client in with\n" + line
	}
	return "Once it is activated, log the zenml client in with\n" + line
}

func (c *connecting) about() (title, text string) {
	return "Connect", "The server runs in the cluster and can be reached from this machine alone, through a port-forward that lasts as long as this screen. It is attached again by itself when the server's pod is replaced.\n\n" +
		"A new server must be activated once: its first visitor makes the first admin. zenml login works only after that.\n\n" +
		"o opens the browser again, q leaves. zenml-installer connect opens the way again whenever you need it."
}
