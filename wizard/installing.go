package wizard

import (
	"context"
	"errors"
	"io/fs"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/zenml-installer/zenml-installer/install"
	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/wizard/narrate"
)

// installing shows the install at work: steps, objects, the log line that
// came last; and, when it fails, why and what can be done.
type installing struct {
	*session
	pane     pane
	list     list
	progress progress
	task     *task
	stopping bool
	failure  *narrate.Failure
	finished bool
	final    chan installedMsg // the end of the install, for when nobody takes the message
}

type (
	installMsg   struct{ event event.Event }
	installedMsg struct {
		outcome install.Outcome
		err     error
		values  valuesMsg
	}
	// valuesMsg is what became of the values file before the install.
	valuesMsg struct {
		path string
		err  error
	}
)

func newInstalling(s *session) *installing {
	return &installing{session: s, pane: pane{styles: s.styles}, list: list{session: s}}
}

// enter begins the install. It is come to only from the review, with its
// word, or by trying again.
func (i *installing) enter(string) tea.Cmd {
	if i.task.running() || i.plan == nil {
		return nil
	}
	i.progress, i.failure, i.stopping, i.finished, i.pane.offset = progress{}, nil, false, false, 0
	i.list.set()
	plan, path := i.plan, i.options.ValuesPath
	final := make(chan installedMsg, 1)
	i.final = final
	task, cmd := i.begin(i, func(ctx context.Context, tell func(tea.Msg)) tea.Msg {
		values := valuesMsg{path, plan.WriteValues(path, false)}
		tell(values)
		outcome, err := plan.Install(ctx, func(e event.Event) { tell(installMsg{e}) })
		final <- installedMsg{outcome, err, values}
		return installedMsg{outcome, err, values}
	})
	i.task = task
	return cmd
}

func (i *installing) update(msg tea.Msg) (move, tea.Cmd) {
	switch msg := msg.(type) {
	case installMsg:
		i.progress.add(msg.event, i.now())
	case valuesMsg:
		i.progress.add(event.Notice{Text: msg.sentence()}, i.now())
	case installedMsg:
		return i.installEnded(msg)
	case tea.KeyMsg:
		return i.key(msg.String())
	}
	return move{}, nil
}

func (i *installing) installEnded(msg installedMsg) (move, tea.Cmd) {
	i.finished = true
	i.session.dialog = nil
	i.outcome.Install, i.outcome.Err = msg.outcome, msg.err
	if i.outcome.ValuesErr = msg.values.err; msg.values.err == nil {
		i.outcome.Values = msg.values.path
	}
	if msg.err == nil {
		i.outcome.Ending = Installed
		return move{kind: next}, nil
	}
	failure := narrate.Explain(msg.err)
	failure.Stopped = failure.Stopped || i.stopping && errors.Is(msg.err, context.Canceled)
	i.failure, i.outcome.Ending = &failure, Failed
	if failure.Stopped {
		i.outcome.Ending = Stopped
	}
	i.pane.offset = 0
	i.list.set(
		option{"t", "try again", func() (move, tea.Cmd) { return move{}, i.enter("") }},
		option{"a", "change answers", func() (move, tea.Cmd) { return move{kind: back}, nil }},
		option{"q", "leave", func() (move, tea.Cmd) { return move{kind: leave}, nil }},
	)
	return move{}, nil
}

// say tells what became of the values file.
func (v valuesMsg) sentence() string { return DescribeValuesFile(v.path, v.err) }

// SayValues tells what became of the values file in one sentence.
func DescribeValuesFile(path string, err error) string {
	switch {
	case errors.Is(err, fs.ErrExist):
		return path + " is there with other content: it was left as it is, and the values of this install were not written"
	case err != nil:
		return path + " was not written: " + err.Error()
	}
	return "the values were written to " + path
}

// unseen takes in the end of an install for which the screen is gone.
func (i *installing) takeFinal() {
	select {
	case msg := <-i.final:
		i.stopping = true
		i.installEnded(msg)
	default:
	}
}

func (i *installing) key(name string) (move, tea.Cmd) {
	switch {
	case i.pane.key(name):
		return move{}, nil
	case i.failure == nil:
		return move{}, nil
	case name == "esc":
		return move{kind: back}, nil
	}
	return i.list.key(name)
}

// interrupted is ctrl+c: an install at work is asked to stop, once confirmed,
// and is waited for.
func (i *installing) handleInterrupt() bool {
	if !i.task.running() {
		return false
	}
	goOn := option{"n", "go on", nil}
	if i.stopping {
		i.openDialog("It is still stopping.", "The current step is being brought to a known state. If you leave now, the release stays in the middle of it; the next run says what to do then.",
			option{"l", "leave now", func() (move, tea.Cmd) { return i.abandon() }}, option{"w", "wait", nil})
		return true
	}
	if i.session.dialog != nil { // ctrl+c a second time means yes
		i.session.dialog = nil
		i.stop()
		return true
	}
	i.openDialog("Stop the install?", "It stops after the current step and says what is there then; the next run can go on from there.",
		option{"y", "stop after the current step", func() (move, tea.Cmd) { i.stop(); return move{}, nil }}, goOn)
	return true
}

func (i *installing) stop() {
	i.stopping = true
	i.task.cancel()
}

// abandon leaves without waiting for the engine.
func (i *installing) abandon() (move, tea.Cmd) {
	i.outcome.Ending, i.outcome.Err = Stopped, context.Canceled
	i.abandoned = true
	return move{kind: leave}, nil
}

func (i *installing) state() state {
	switch {
	case i.task.running():
		return working
	case i.failure != nil:
		return failed
	case i.finished:
		return done
	}
	return later
}

func (i *installing) keys() []binding {
	if i.failure != nil {
		return []binding{{"←→", "choose"}, {"enter", "do it"}, {"↑↓", "scroll"}, {"?", "help"}}
	}
	return []binding{{"↑↓", "scroll"}, {"?", "help"}}
}

func (i *installing) about() (title, text string) {
	return "Install", "Each step of the install, the objects that it makes with the state they are in and since when, and the last line that a container has written.\n\n" +
		"Waiting is for something outside the object: a node, a volume, an image. Pulling the image and the first migration of the database take minutes on a slow line or node: that is no fault. What waiting cannot mend ends the install at once and is named, with its remedy.\n\n" +
		"ctrl+c stops after the current step, once you confirm."
}
