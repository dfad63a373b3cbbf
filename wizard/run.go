package wizard

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/zenml-installer/zenml-installer/install"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/wizard/theme"
)

// DefaultValues is the name of the values file, by contract.
const DefaultValues = "custom-values.yaml"

// Options is what a guided install begins with.
type Options struct {
	Engine   Engine
	Input    io.Reader // a terminal
	Output   io.Writer // a terminal
	Terminal theme.Terminal
	// Start holds the answers that are there already, from a file or flags.
	Start answers.Answers
	// StatePath is the file that keeps the answers of an interrupted run; it
	// never holds a secret. Empty means that nothing is kept.
	StatePath string
	// ValuesPath is the values file's name.
	ValuesPath string
	// NoOpen leaves the browser alone.
	NoOpen bool
	// Now is the clock; time.Now when nil.
	Now func() time.Time
}

// Ending is how a guided install ended.
type Ending string

// The endings.
const (
	Left      Ending = "left"      // the person left before anything was installed
	Wrote     Ending = "wrote"     // the values file was written, nothing installed
	Failed    Ending = "failed"    // the install failed; Outcome.Err says why
	Stopped   Ending = "stopped"   // the install was interrupted; Outcome.Err says where
	Installed Ending = "installed" // the server is there
)

// Outcome is what a guided install came to.
type Outcome struct {
	Ending    Ending
	Answers   answers.Answers // as they were at the end
	Values    string          // the values file that was written, if any
	ValuesErr error           // why an install has left it unwritten; fs.ErrExist: another one is there
	Install   install.Outcome // when an install was begun
	URL       string          // where the server was reached
	Activated bool
	Err       error // of a failed or stopped install
}

// patience is how long the end of the program waits for an engine that does
// not heed its context; an install is always waited for.
const shutdownTimeout = 2 * time.Second

// Run leads through the install on a terminal and returns what it came to. An
// install at work is waited for, unless the person chose to leave it while it
// was stopping. An error means that ctx ended, or that the screens themselves
// could not be shown.
func Run(ctx context.Context, o Options) (Outcome, error) {
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	model := newModel(inner, o)
	program := tea.NewProgram(model, tea.WithAltScreen(), tea.WithInput(o.Input), tea.WithOutput(o.Output),
		tea.WithContext(inner), tea.WithoutSignalHandler())
	model.sendMsg = program.Send
	_, err := program.Run()
	cancel()
	model.shutdown()
	if ctx.Err() != nil && !errors.Is(err, tea.ErrProgramPanic) {
		err = context.Cause(ctx)
	}
	return model.outcomeWithAnswers(), err
}

// finish waits for the engine and takes in how an install ended that nobody
// saw the end of.
func (m *model) shutdown() {
	at := m.screens[stepInstall].(*installing)
	if !at.task.running() || m.abandoned {
		m.work.close(shutdownTimeout)
		return
	}
	_, _ = fmt.Fprintln(m.options.Output, "Stopping after the current step.")
	m.work.close(0)
	at.takeFinal()
}
