package wizard

import (
	"context"
	"errors"
	"io/fs"
	"math"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/zenml-installer/zenml-installer/install"
	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/wizard/narrate"
)

// installing displays the running install: steps, objects and the last log
// line. If it fails, it displays the cause and the options.
type installing struct {
	*session
	pane     pane
	list     list
	progress progress
	task     *task
	stopping bool
	page     page
	failure  *narrate.Failure
	finished bool
	// recovering is what is done after a failed install, while it is running.
	recovering  Recovery
	showNotices bool              // at the top, as they are the result of a choice
	waits       bool              // the user waits for an unschedulable pod, until it is reported again
	stuckOn     *objectRow        // what was stuck when the user stopped the install
	changing    bool              // the user stops the install to change answers
	final       chan installedMsg // receives the result even after the screens have closed
}

type (
	installMsg   struct{ event event.Event }
	installedMsg struct {
		outcome install.Outcome
		err     error
		values  valuesMsg
	}
	// valuesMsg is the result of writing the values file.
	valuesMsg struct {
		path string
		err  error
	}
)

func newInstalling(s *session) *installing {
	return &installing{session: s, pane: pane{styles: s.styles}, list: list{session: s}}
}

// enter starts the install. It is only reached from a confirmed review or a
// retry.
func (i *installing) enter(string) tea.Cmd {
	if i.task.running() || i.plan == nil {
		return nil
	}
	i.progress, i.failure, i.stopping, i.finished, i.pane.offset = progress{}, nil, false, false, 0
	i.list.set()
	i.recovering, i.showNotices, i.outcome.Recovered = "", false, ""
	i.waits, i.changing, i.stuckOn = false, false, nil
	plan, path, overwrite := i.plan, i.options.ValuesPath, i.file.overwrite
	final := make(chan installedMsg, 1)
	i.final = final
	task, cmd := i.begin(i, func(ctx context.Context, tell func(tea.Msg)) tea.Msg {
		values := valuesMsg{path, plan.WriteValues(path, overwrite)}
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
		if _, again := msg.event.(event.Stuck); again {
			i.waits = false // offer the choices again
		}
	case valuesMsg:
		i.progress.add(event.Notice{Text: msg.sentence()}, i.now())
	case installedMsg:
		return i.installEnded(msg)
	case recoveredMsg:
		i.recovered(msg)
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
		i.keepCause()
		i.outcome.Ending = Stopped
	}
	i.pane.offset = 0
	i.offer()
	if i.changing && failure.Stopped {
		return i.changeAnswers(), nil
	}
	return move{}, nil
}

// stuck returns an object that waits for what the cluster lacks, or nil.
func (i *installing) stuck() *objectRow {
	for at := range i.progress.objects {
		if o := &i.progress.objects[at]; !o.stuckSince.IsZero() {
			return o
		}
	}
	return nil
}

// offerStuck lets the user choose what to do about an object that is stuck, instead of
// waiting until the timeout.
func (i *installing) offerStuck() {
	switch {
	case i.failure != nil || i.recovering != "":
		return
	case i.stopping || i.waits || !i.task.running() || i.stuck() == nil:
		i.list.set()
		return
	case len(i.list.options) > 0:
		return
	}
	stop := func(change bool) func() (move, tea.Cmd) {
		return func() (move, tea.Cmd) {
			i.changing = change
			i.stop()
			return move{}, nil
		}
	}
	i.list.set(option{"w", "Keep waiting", func() (move, tea.Cmd) { i.waits = true; return move{}, nil }},
		option{"a", "Change answers", stop(true)}, option{"s", "Stop", stop(false)})
}

// retry returns the option to repeat the install. If another run changed the
// release or wrote a key, the plan is prepared again first.
func (i *installing) retry(f narrate.Failure) option {
	if !f.Outdated {
		return option{"t", "Try again", func() (move, tea.Cmd) { return move{}, i.enter("") }}
	}
	return option{"r", "Review again", func() (move, tea.Cmd) {
		i.plan = nil
		return move{kind: back}, nil
	}}
}

// sentence describes the result.
func (v valuesMsg) sentence() string { return DescribeValuesFile(v.path, v.err) }

// DescribeValuesFile describes in one sentence whether the values file was
// written.
func DescribeValuesFile(path string, err error) string {
	switch {
	case errors.Is(err, fs.ErrExist):
		return path + " exists with other content and was not changed"
	case err != nil:
		return path + " was not written: " + err.Error()
	}
	return "wrote the values to " + path
}

// takeFinal records the result of an install after its screen was closed.
func (i *installing) takeFinal() {
	select {
	case msg := <-i.final:
		i.stopping = true
		i.installEnded(msg)
	default:
	}
}

func (i *installing) key(name string) (move, tea.Cmd) {
	i.offerStuck()
	switch {
	case name == "l":
		i.toggle(logsPage)
		return move{}, nil
	case name == "e":
		i.toggle(eventsPage)
		return move{}, nil
	case i.pane.key(name):
		return move{}, nil
	case len(i.list.options) == 0 || i.recovering != "":
		return move{}, nil
	case name == "esc" && i.failure != nil:
		return move{kind: back}, nil
	}
	return i.list.key(name)
}

// page is what the screen shows.
type page int

const (
	objectsPage page = iota
	logsPage
	eventsPage
)

// toggle shows a page, at its end, or the objects again.
func (i *installing) toggle(to page) {
	if i.page == to {
		i.page, i.pane.offset = objectsPage, 0
		return
	}
	i.page, i.pane.offset = to, math.MaxInt32 // set limits it
}

// handleInterrupt handles Ctrl-C: after confirmation it cancels a running
// install and waits for it.
func (i *installing) handleInterrupt() bool {
	if !i.task.running() {
		return false
	}
	if i.recovering != "" {
		i.task.cancel()
		return true
	}
	goOn := option{"n", "Continue " + i.operation.Doing(), nil}
	if i.stopping {
		i.openDialog("The "+string(i.operation)+" is still stopping.", "It is waiting for the cluster. If you quit now, the release "+
			"may be left incomplete; the next run says what it found.",
			option{"l", "Quit now", func() (move, tea.Cmd) { return i.abandon() }}, option{"w", "Wait", nil})
		return true
	}
	if i.session.dialog != nil { // a second ctrl+c confirms
		i.session.dialog = nil
		i.stop()
		return true
	}
	i.openDialog("Stop the "+string(i.operation)+"?",
		"It interrupts the current step and lists what it has created. You can continue with the next run.",
		option{"y", "Stop", func() (move, tea.Cmd) { i.stop(); return move{}, nil }}, goOn)
	return true
}

func (i *installing) stop() {
	if o := i.stuck(); o != nil {
		stuckOn := *o
		i.stuckOn = &stuckOn
	}
	i.stopping = true
	i.task.cancel()
}

// abandon quits without waiting for the install.
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
	logs, events := binding{"l", "logs"}, binding{"e", "events"}
	switch i.page {
	case logsPage:
		logs.does = "objects"
	case eventsPage:
		events.does = "objects"
	}
	if len(i.list.options) > 0 {
		return []binding{{"←→", "choose"}, {"enter", "select"}, {"↑↓", "scroll"}, logs, events, {"?", "help"}}
	}
	return []binding{{"↑↓", "scroll"}, logs, events, {"?", "help"}}
}

func (i *installing) about() (title, text string) {
	does := string(i.operation)
	return i.operation.Verb(),
		"The steps of the " + does + ", the objects it creates with their state and age, and the latest log line.\n\n" +
			"An object is waiting when it needs something else: a node, a volume, an image. Pulling the image and " +
			"the first database migration can take minutes. Errors that waiting can't fix stop it and are " +
			"shown with their remedy.\n\n" +
			"Press l for the log lines, e for the events that Kubernetes reports about the objects, ctrl+c to stop " +
			"the " + does + "."
}
