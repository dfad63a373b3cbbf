package wizard

import (
	"context"
	"fmt"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/kube"
	"github.com/zenml-installer/zenml-installer/wizard/theme"
	"github.com/zenml-installer/zenml-installer/wizard/question"
)

const guardKey = "@cluster"

// cluster asks where the install goes, and has it confirmed: the last
// question is the guard against the wrong cluster.
type cluster struct {
	*form
	contexts  []kube.Context
	listing   *task
	listFault string

	asked      answers.Cluster // what target describes
	found      Target
	describing *task
	askFault   string
}

type (
	contextsMsg struct {
		contexts    []kube.Context
		suggestions []question.Suggestion
		err         error
	}
	targetMsg struct {
		target Target
		err    error
	}
)

func newCluster(s *session) *cluster {
	c := &cluster{form: newForm(s, answers.StepCluster)}
	c.extra, c.chosen, c.note = c.guard, c.decide, c.noteFor
	c.changed = func(string) tea.Cmd { return c.describe() }
	return c
}

func (c *cluster) enter(key string) tea.Cmd {
	if c.contexts == nil && !c.listing.running() {
		return tea.Batch(c.form.enter(key), c.list())
	}
	return tea.Batch(c.form.enter(key), c.describe())
}

// list reads the kubeconfig.
func (c *cluster) list() tea.Cmd {
	c.listFault = ""
	task, cmd := c.begin(c, func(ctx context.Context, _ func(tea.Msg)) tea.Msg {
		contexts, err := c.engine.Contexts(ctx)
		return contextsMsg{contexts, c.engine.Suggest(ctx), err}
	})
	c.listing = task
	return cmd
}

func (c *cluster) update(msg tea.Msg) (move, tea.Cmd) {
	switch msg := msg.(type) {
	case contextsMsg:
		return move{}, c.listed(msg)
	case targetMsg:
		c.described(msg)
		return move{}, c.reopen()
	case tea.KeyMsg:
		if c.listFault != "" && msg.String() == "r" {
			return move{}, c.list()
		}
		if c.contexts == nil {
			if msg.String() == "esc" {
				return move{kind: back}, nil
			}
			return move{}, nil
		}
	}
	return c.form.update(msg)
}

func (c *cluster) listed(msg contextsMsg) tea.Cmd {
	c.sheet.Offer(msg.suggestions)
	switch {
	case msg.err != nil:
		c.listFault = msg.err.Error()
		return nil
	case len(msg.contexts) == 0:
		c.listFault = "the kubeconfig names no context; make one (kubectl config get-contexts lists them), then try again"
		return nil
	}
	c.contexts = msg.contexts
	c.sheet.Contexts(c.contexts)
	c.rebuild()
	return tea.Batch(c.open(c.at), c.describe())
}

// describe asks about the target, unless that is known or being asked.
func (c *cluster) describe() tea.Cmd {
	at := c.session.target()
	if c.contexts == nil || at == c.asked && c.askFault == "" {
		return nil
	}
	c.describing.drop()
	c.asked, c.askFault, c.found = at, "", Target{}
	a := c.sheet.Answers()
	task, cmd := c.begin(c, func(ctx context.Context, _ func(tea.Msg)) tea.Msg {
		target, err := c.engine.Describe(ctx, a)
		return targetMsg{target, err}
	})
	c.describing = task
	return cmd
}

func (c *cluster) described(msg targetMsg) {
	c.found = msg.target
	if msg.err != nil {
		c.askFault = msg.err.Error()
	}
}

// reopen draws the guard anew when it is open: its options have changed.
func (c *cluster) reopen() tea.Cmd {
	c.rebuild()
	if len(c.questions) > 0 && c.current().Key == guardKey {
		return c.open(c.at)
	}
	return nil
}

func (c *cluster) state() state {
	if c.listFault != "" || c.askFault != "" {
		return failed
	}
	if s := c.form.state(); s != done || c.isConfirmed() {
		return s
	}
	return open
}

func (c *cluster) view(width, height int) string {
	if c.contexts != nil {
		return c.form.view(width, height)
	}
	text := c.look.Muted.Render("Reading the kubeconfig…")
	if c.listFault != "" {
		text = c.look.Bad.Render(theme.Bad+" No cluster to choose") + "\n\n" + c.listFault
	}
	c.pane.set(text, width, height)
	return c.pane.view()
}

func (c *cluster) keys() []binding {
	switch {
	case c.listFault != "":
		return []binding{{"r", "read again"}, {"esc", "back"}}
	case c.contexts == nil:
		return nil
	}
	return c.form.keys()
}

// noteFor shows the server's address below the list of contexts, and the
// description above the guard.
func (c *cluster) noteFor(q question.Question) string {
	if q.Key != guardKey {
		return ""
	}
	switch {
	case c.askFault != "":
		return c.look.Bad.Render(theme.Bad+" The cluster does not answer: ") + c.askFault
	case c.describing.running():
		return c.look.Muted.Render(fmt.Sprintf("%s Asking the cluster… %s", theme.Working, since(c.now(), c.describing.since)))
	}
	return strings.Join(c.found.lines(c.look), "\n")
}
