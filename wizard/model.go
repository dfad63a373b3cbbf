package wizard

import (
	"context"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// model is the root model: it passes messages to the steps' screens and draws
// the frame around them.
type model struct {
	*session
	screens  map[step]screen
	at       step
	width    int
	height   int
	help     *pane // the help page, while it is open
	quitting bool

	mouse   bool          // the terminal reports the mouse
	burst   time.Duration // keys that follow each other faster were not typed for a list
	lastKey time.Time
}

func newModel(ctx context.Context, o Options) *model {
	s := newSession(ctx, o)
	m := &model{session: s, screens: map[step]screen{}, width: 80, height: 24}
	for _, a := range answers.Steps {
		m.screens[step(a)] = newForm(s, a)
	}
	m.screens[step(answers.StepCluster)] = newCluster(s)
	data := newForm(s, answers.StepDatabase)
	data.onAnswer = data.findDatabase
	m.screens[step(answers.StepDatabase)] = data
	m.screens[step(answers.StepAdvanced)] = newAdvanced(s)
	m.screens[stepReview] = newReview(s)
	m.screens[stepInstall] = newInstalling(s)
	m.screens[stepConnect] = newConnecting(s)
	m.screens[stepStart] = newStart(s)
	m.at = stepStart
	m.resize(m.width, m.height)
	return m
}

// outcomeWithAnswers returns the outcome with the final answers.
func (m *model) outcomeWithAnswers() Outcome {
	m.outcome.Answers, m.outcome.Operation = m.responses.Answers(), m.operation
	return m.outcome
}

func (m *model) screen() screen { return m.screens[m.at] }

// Init offers to continue a previous run, and reads the kubeconfig meanwhile.
func (m *model) Init() tea.Cmd {
	return tea.Batch(m.screen().enter(""), m.screens[step(answers.StepCluster)].(*cluster).listContexts())
}

// Update handles one message.
func (m *model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.resize(msg.Width, msg.Height)
		if f, asks := m.screen().(interface{ refreshPreview() tea.Cmd }); asks {
			return m, f.refreshPreview()
		}
		return m, nil
	case tickMsg:
		m.ticking = false
		return m, m.tick()
	case taskMsg:
		return m, m.handleTask(msg)
	case tea.KeyMsg:
		cmd := m.key(msg)
		return m, tea.Batch(cmd, m.followMouse())
	case tea.MouseMsg:
		cmd := m.click(msg)
		return m, tea.Batch(cmd, m.followMouse())
	}
	return m.updateScreen(msg)
}

// handleTask forwards a task's message, unless the task was dropped.
func (m *model) handleTask(msg taskMsg) tea.Cmd {
	task, ok := m.tasks[msg.id]
	if !ok {
		return nil
	}
	if msg.last {
		task.drop()
	}
	move, cmd := task.owner.update(msg.msg)
	if m.screen() != task.owner {
		return cmd // a background screen must not change the step
	}
	return tea.Batch(cmd, m.follow(move))
}

func (m *model) key(msg tea.KeyMsg) tea.Cmd {
	name := msg.String()
	ahead := m.isAhead(msg)
	switch {
	case name == "ctrl+c":
		return m.interrupt()
	case ahead:
		return nil
	case m.help != nil:
		if !m.help.key(name) {
			m.help = nil
		}
		return nil
	case m.dialog != nil:
		move, cmd := m.answerDialog(name)
		return tea.Batch(cmd, m.follow(move))
	case name == "f1", name == "?" && !m.isTyping():
		m.openHelp()
		return nil
	case name == "ctrl+z":
		return tea.Suspend
	case name == "ctrl+_", name == "alt+u":
		return m.undo()
	case name == "ctrl+g":
		return m.fixStep()
	}
	if number := m.stepKey(msg); number > 0 {
		return m.goToStep(number)
	}
	_, cmd := m.updateScreen(msg)
	return cmd
}

// isAhead reports whether a key on a list of actions is part of a text that was
// pasted, or typed ahead for a question.
func (m *model) isAhead(msg tea.KeyMsg) bool {
	gap := m.now().Sub(m.lastKey)
	m.lastKey = m.now()
	_, takesText := m.screen().(textScreen)
	return gap < m.burst && msg.Type == tea.KeyRunes && (m.dialog != nil || !takesText)
}

// updateScreen passes a message to the screen and follows its move.
func (m *model) updateScreen(msg tea.Msg) (tea.Model, tea.Cmd) {
	move, cmd := m.screen().update(msg)
	return m, tea.Batch(cmd, m.follow(move))
}

// isTyping reports whether the screen uses a question mark as input.
func (m *model) isTyping() bool {
	s, ok := m.screen().(textScreen)
	return ok && s.isTyping()
}

// interrupt handles Ctrl-C; the screen may ask first.
func (m *model) interrupt() tea.Cmd {
	m.help = nil
	if s, ok := m.screen().(interruptible); ok && s.handleInterrupt() {
		return nil
	}
	if m.outcome.Ending == Left {
		m.outcome.Ending = Canceled
	}
	return m.follow(move{kind: leave})
}

// follow carries out a move.
func (m *model) follow(to move) tea.Cmd {
	switch to.kind {
	case leave:
		m.quitting = true
		if keep := m.saveProgress(m.at); keep != nil {
			return tea.Sequence(keep, tea.Quit)
		}
		return tea.Quit
	case next:
		return m.enter(m.after(m.at), "")
	case back:
		if before := m.before(m.at); before != m.at {
			return m.enter(before, "")
		}
		return m.enter(stepStart, "")
	case jump:
		return m.enter(to.to, to.key)
	}
	return nil
}

// enter opens a step. The review requires a confirmed cluster, because its
// checks may write to it.
func (m *model) enter(at step, key string) tea.Cmd {
	if at == stepReview && !m.isConfirmed() {
		m.resumeAt, at, key = stepReview, step(answers.StepCluster), guardKey
	}
	if at == m.at && key == "" {
		return nil
	}
	m.at = at
	m.reviewed = m.reviewed || at == stepReview
	m.updateLayout()
	return tea.Batch(m.screen().enter(key), m.saveProgress(at))
}
