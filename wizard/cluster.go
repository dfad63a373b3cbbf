package wizard

import (
	"context"
	"fmt"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/display"
	"github.com/zenml-installer/zenml-installer/internal/kube"
	"github.com/zenml-installer/zenml-installer/wizard/question"
)

const guardKey = "@cluster"

// cluster asks where to install. Its last question asks the user to confirm the
// cluster.
type cluster struct {
	*form
	contexts  []kube.Context
	listTask  *task
	listError string

	describedTarget answers.Cluster // what target describes
	target          Target
	describeTask    *task
	describeError   string
	findTask        *task

	importTask  *task // reads the settings of an existing release
	importError string
}

type (
	contextsMsg struct {
		contexts    []kube.Context
		suggestions []question.Suggestion
		err         error
	}
	foundMsg    map[string][]answers.Option
	importedMsg struct {
		answers answers.Answers
		notes   []string
		err     error
	}
	targetMsg struct {
		target Target
		err    error
	}
)

func newCluster(s *session) *cluster {
	c := &cluster{form: newForm(s, answers.StepCluster)}
	c.extraQuestions, c.onExtra, c.note = c.guard, c.answerGuard, c.noteFor
	c.onAnswer = func(string) tea.Cmd { return c.describe() }
	return c
}

func (c *cluster) enter(key string) tea.Cmd {
	if c.contexts == nil && !c.listTask.running() {
		return tea.Batch(c.form.enter(key), c.listContexts())
	}
	return tea.Batch(c.form.enter(key), c.describe())
}

// listContexts reads the kubeconfig.
func (c *cluster) listContexts() tea.Cmd {
	c.listError = ""
	task, cmd := c.begin(c, func(ctx context.Context, _ func(tea.Msg)) tea.Msg {
		contexts, err := c.engine.Contexts(ctx)
		return contextsMsg{contexts, c.engine.Suggest(ctx), err}
	})
	c.listTask = task
	return cmd
}

func (c *cluster) update(msg tea.Msg) (move, tea.Cmd) {
	switch msg := msg.(type) {
	case contextsMsg:
		return move{}, c.contextsListed(msg)
	case importedMsg:
		return c.imported(msg)
	case foundMsg:
		c.responses.SetFound(msg)
		return move{}, tea.Batch(c.offerFound(), c.keepOnVolume())
	case targetMsg:
		c.targetDescribed(msg)
		return move{}, tea.Batch(c.reopenGuard(), c.keepOnVolume())
	case tea.KeyMsg:
		if c.listError != "" && msg.String() == "r" {
			return move{}, c.listContexts()
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

func (c *cluster) contextsListed(msg contextsMsg) tea.Cmd {
	c.responses.SetSuggestions(msg.suggestions)
	switch {
	case msg.err != nil:
		c.listError = msg.err.Error()
		return nil
	case len(msg.contexts) == 0:
		c.listError = "the kubeconfig has no contexts. Add one (kubectl config set-context, or your cloud's CLI), " +
			"then press r"
		return nil
	}
	c.contexts = msg.contexts
	c.responses.SetContexts(c.contexts)
	c.rebuild()
	return tea.Batch(c.open(c.at), c.describe())
}

// describe queries the target, unless it is already known or being queried.
func (c *cluster) describe() tea.Cmd {
	c.dropChart()
	at := c.session.target()
	if c.contexts == nil || at == c.describedTarget && c.describeError == "" {
		return nil
	}
	c.describeTask.drop()
	if at.Context != c.describedTarget.Context || at.Namespace != c.describedTarget.Namespace {
		c.responses.SetFound(nil)
	}
	c.describedTarget, c.describeError, c.target = at, "", Target{}
	a := c.responses.Answers()
	task, cmd := c.begin(c, func(ctx context.Context, _ func(tea.Msg)) tea.Msg {
		target, err := c.engine.Describe(ctx, a)
		return targetMsg{target, err}
	})
	c.describeTask = task
	return tea.Batch(cmd, c.find(a))
}

// find lists what the target has to choose from.
func (c *cluster) find(a answers.Answers) tea.Cmd {
	c.findTask.drop()
	task, cmd := c.begin(c, func(ctx context.Context, _ func(tea.Msg)) tea.Msg {
		found, _ := c.engine.Find(ctx, a) // without it the answers are typed
		return foundMsg(found)
	})
	c.findTask = task
	return cmd
}

// answersChangedMsg reports to the open screen that answers changed without the user.
type answersChangedMsg struct{}

// keepOnVolume decides where a new server that is tried out keeps its data, when the
// target and its StorageClasses are known.
func (c *cluster) keepOnVolume() tea.Cmd {
	if !c.tryingOut || c.describeTask.running() || c.findTask.running() || c.target.Existing != nil {
		return nil
	}
	c.volumeNote = KeepOnVolume(c.responses)
	return func() tea.Msg { return answersChangedMsg{} }
}

// offerFound shows the choices of the open question, unless its answer is being
// typed.
func (c *cluster) offerFound() tea.Cmd {
	if len(c.questions) == 0 || c.touched || c.isChoosing() {
		return nil
	}
	at := c.at
	c.rebuild()
	return c.open(at)
}

func (c *cluster) targetDescribed(msg targetMsg) {
	c.target = msg.target
	c.responses.SetKept(msg.target.Keys)
	if msg.err != nil {
		c.describeError = msg.err.Error()
	}
}

// reopenGuard redraws the guard if it is open, because its options have
// changed.
func (c *cluster) reopenGuard() tea.Cmd {
	c.rebuild()
	if len(c.questions) > 0 && c.current().Key == guardKey {
		return c.open(c.at)
	}
	return nil
}

func (c *cluster) state() state {
	if c.listError != "" || c.describeError != "" {
		return failed
	}
	if s := c.form.state(); s == later || c.isConfirmed() {
		return s
	}
	return open
}

func (c *cluster) view(width, height int) string {
	if c.contexts != nil {
		return c.form.view(width, height)
	}
	text := c.styles.Muted.Render("Reading the kubeconfig…")
	if c.listError != "" {
		text = c.styles.Bad.Render(display.GlyphFailed+" Cannot list clusters") + "\n\n" + c.listError
	}
	c.pane.set(text, width, height)
	return c.pane.view()
}

func (c *cluster) keys() []binding {
	switch {
	case c.listError != "":
		return []binding{{"r", "retry"}, {"esc", "back"}}
	case c.contexts == nil:
		return nil
	}
	return c.form.keys()
}

// noteFor shows the target's description above the guard.
func (c *cluster) noteFor(q question.Question) string {
	if q.Key != guardKey {
		return ""
	}
	switch {
	case c.describeError != "":
		return c.styles.Bad.Render(display.GlyphFailed+" Cannot reach the cluster: ") + c.describeError
	case c.describeTask.running():
		return c.styles.Muted.Render(fmt.Sprintf("%s Connecting to the cluster… %s", c.spinner(),
			since(c.now(), c.describeTask.startedAt)))
	}
	lines := c.target.lines(c.styles)
	switch {
	case c.importTask.running():
		lines = append(lines, c.styles.Muted.Render(c.spinner()+" Reading the settings of the release…"))
	case c.importError != "":
		lines = append(lines, c.styles.Bad.Render(display.GlyphFailed+" Cannot read its settings: ")+c.importError)
	}
	return strings.Join(lines, "\n")
}
