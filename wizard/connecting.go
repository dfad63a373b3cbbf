package wizard

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/zenml-installer/zenml-installer/install/connect"
	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// connecting keeps the port-forward to the server open, opens the browser once,
// and shows when the server is activated.
type connecting struct {
	*session
	pane            pane
	list            list
	task            *task // keeps the tunnel open
	startedAt       time.Time
	tunnel          Tunnel
	failure         string
	notices         []string
	note            string // result of the last action
	showQR          bool
	browser         string // result of opening the browser
	waiting         *task
	active          bool
	activationError string          // why the activation failed
	public          connect.Address // where other machines reach the server, as known now
	opened          bool            // the activation exposed the server there
	claimed         bool            // another account has activated the server
	keepsAccount    bool            // the user logs in with that account
	awaiting        *task           // waits until the public address is settled
}

type (
	tunnelMsg    struct{ tunnel Tunnel }
	noticeMsg    struct{ text string }
	tunnelEndMsg struct{ err error }
	openedMsg    struct{ err error }
	addressMsg   struct{ at connect.Address }
	activeMsg    struct {
		exposed *connect.Address
		err     error
	}
)

func newConnecting(s *session) *connecting {
	return &connecting{session: s, pane: pane{styles: s.styles}, list: list{session: s}}
}

func (c *connecting) enter(string) tea.Cmd {
	if c.task.running() {
		return nil
	}
	c.tunnel, c.failure, c.startedAt = nil, "", c.now()
	a := c.responses.Answers()
	task, cmd := c.begin(c, func(ctx context.Context, tell func(tea.Msg)) tea.Msg {
		tunnel, err := c.engine.Connect(ctx, a, func(e event.Event) {
			if n, ok := e.(event.Notice); ok {
				tell(noticeMsg{n.Text})
			}
		})
		if err != nil {
			return tunnelEndMsg{err}
		}
		defer tunnel.Close()
		tell(tunnelMsg{tunnel})
		select {
		case <-ctx.Done():
		case <-tunnel.Done():
		}
		return tunnelEndMsg{tunnel.Err()}
	})
	c.task = task
	c.updateActions()
	return cmd
}

func (c *connecting) update(msg tea.Msg) (move, tea.Cmd) {
	switch msg := msg.(type) {
	case tunnelMsg:
		return move{}, c.connected(msg.tunnel)
	case noticeMsg:
		c.notices = append(c.notices, msg.text)
		c.notices = c.notices[max(len(c.notices)-maxNotices, 0):]
	case tunnelEndMsg:
		c.tunnel, c.failure = nil, "the port-forward ended"
		if msg.err != nil {
			c.failure = msg.err.Error()
		}
		c.waiting.drop()
		c.awaiting.drop()
		c.awaiting = nil // the next connection waits again
	case openedMsg:
		c.browser = "Opened the browser."
		if msg.err != nil {
			c.browser = "Could not open the browser (" + msg.err.Error() + "). Open the address yourself."
		}
	case activeMsg:
		return move{}, c.activationEnded(msg)
	case addressMsg:
		c.awaiting = nil
		return move{}, c.reachableAt(msg.at)
	case answersSavedMsg:
		c.note = c.answersSaved(c, msg)
	case keysMsg:
		c.showKeys(msg)
	case keysSavedMsg:
		c.keysSaved(msg.err)
	case tea.KeyMsg:
		return c.key(msg.String())
	}
	c.updateActions()
	return move{}, nil
}

// connected opens the browser, once per run, and waits for the activation.
func (c *connecting) connected(t Tunnel) tea.Cmd {
	c.tunnel = t
	c.outcome.URL = t.URL()
	c.links = []string{t.URL()}
	var open tea.Cmd
	if c.browser == "" && !c.options.NoOpen && c.activateMode() == answers.ActivateBrowser {
		open = c.openBrowser()
	}
	await := c.reachableAt(t.Server().Address)
	return tea.Batch(open, await, c.awaitActivation(), c.title("ZenML is ready"), c.ring())
}

// activateMode returns how the server is activated.
func (c *connecting) activateMode() string {
	if c.keepsAccount {
		return answers.ActivateBrowser
	}
	return c.responses.Complete().Admin.Activate
}

func (c *connecting) awaitActivation() tea.Cmd {
	c.waiting.drop()
	if c.active || c.tunnel == nil {
		return nil
	}
	c.activationError, c.claimed = "", false
	a, url := c.responses.Answers(), c.tunnel.URL()
	a.Admin.Activate = c.activateMode()
	task, cmd := c.begin(c, func(ctx context.Context, _ func(tea.Msg)) tea.Msg {
		exposed, err := c.engine.Activate(ctx, a, url)
		return activeMsg{exposed, err}
	})
	c.waiting = task
	return cmd
}

func (c *connecting) openBrowser() tea.Cmd {
	if c.tunnel == nil {
		return nil
	}
	url := c.tunnel.URL()
	c.browser = "Opening the browser…"
	_, cmd := c.begin(c, func(ctx context.Context, _ func(tea.Msg)) tea.Msg {
		return openedMsg{c.engine.OpenBrowser(ctx, url)}
	})
	return cmd
}

func (c *connecting) activationEnded(msg activeMsg) tea.Cmd {
	defer c.updateActions()
	if msg.err != nil {
		c.activationError, c.claimed = msg.err.Error(), errors.Is(msg.err, ErrOtherAdmin)
		return nil
	}
	c.active, c.outcome.Activated = true, true
	if msg.exposed == nil {
		return nil
	}
	c.opened = true
	return c.reachableAt(*msg.exposed)
}

// reachableAt records where other machines reach the server, and waits until that
// is settled.
func (c *connecting) reachableAt(at connect.Address) tea.Cmd {
	c.public = at
	if url := c.publicURL(); url != "" && !slices.Contains(c.links, url) {
		c.links = append(c.links, url)
	}
	c.updateActions()
	if at.IsSettled() || c.awaiting != nil {
		return nil
	}
	a := c.responses.Answers()
	task, cmd := c.begin(c, func(ctx context.Context, _ func(tea.Msg)) tea.Msg {
		return addressMsg{c.engine.AwaitAddress(ctx, a)}
	})
	c.awaiting = task
	return cmd
}

// publicURL returns where other machines reach the server now, or "".
func (c *connecting) publicURL() string {
	if !c.public.IsSettled() {
		return ""
	}
	return c.public.URL
}

// isExposedNow reports whether the activation made the server reachable at a URL, which
// is then the one to use.
func (c *connecting) isExposedNow() bool { return c.opened && c.publicURL() != "" }

func (c *connecting) key(name string) (move, tea.Cmd) {
	if name != "k" && c.pane.key(name) { // k shows the key here
		return move{}, nil
	}
	to, cmd := c.list.key(name)
	c.updateActions()
	return to, cmd
}

func (c *connecting) updateActions() {
	var options []option
	if c.tunnel != nil {
		options = c.serverOptions()
	}
	if c.failure != "" {
		options = append(options, option{"t", "Connect again", func() (move, tea.Cmd) { return move{}, c.enter("") }})
	}
	switch {
	case c.tunnel == nil || c.activationError == "":
	case c.claimed:
		options = append(c.claimOptions(), options...)
	default:
		options = append(
			options,
			option{"a", "Activate again", func() (move, tea.Cmd) { return move{}, c.awaitActivation() }},
		)
	}
	c.list.set(append(options, option{"q", "Quit", goTo(move{kind: leave})})...)
}

// serverOptions are the actions for a server that is connected.
func (c *connecting) serverOptions() []option {
	options := []option{
		{"o", "Open the browser", func() (move, tea.Cmd) { return move{}, c.openBrowser() }},
		{"c", "Copy the address", c.copyAddress},
	}
	if c.publicURL() != "" {
		options = append(options, option{"r", "QR code", func() (move, tea.Cmd) {
			c.showQR = !c.showQR
			return move{}, nil
		}})
	}
	options = append(options, c.saveOption(c))
	if c.hasNewKeys() {
		options = append(options, option{"k", "Show the encryption key", c.readKeys})
	}
	return options
}

// copyAddress copies the address that works longest.
func (c *connecting) copyAddress() (move, tea.Cmd) {
	url := cmp.Or(c.publicURL(), c.tunnel.URL())
	c.note = "Copied " + url + ", if your terminal allows it."
	return move{}, c.copyText(url)
}

func (c *connecting) state() state {
	switch {
	case c.failure != "":
		return failed
	case c.tunnel != nil:
		return done
	case c.task.running():
		return working
	}
	return later
}

func (c *connecting) keys() []binding {
	return []binding{{"←→", "choose"}, {"enter", "select"}, {"↑↓", "scroll"}, {"?", "help"}}
}
