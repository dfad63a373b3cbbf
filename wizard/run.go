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
	"github.com/zenml-installer/zenml-installer/wizard/narrate"
	"github.com/zenml-installer/zenml-installer/wizard/saved"
	"github.com/zenml-installer/zenml-installer/wizard/theme"
)

// DefaultValues is the default name of the values file.
const DefaultValues = "custom-values.yaml"

// Options configure a guided install.
type Options struct {
	Engine   Engine
	Input    io.Reader // a terminal
	Output   io.Writer // a terminal
	Terminal theme.Terminal
	// Start holds the answers that a file or flags provide.
	Start answers.Answers
	// Unfinished keeps the answers of interrupted installs, without secrets.
	Unfinished saved.Folder
	// Home is the user's home folder, which ~/ stands for in file names.
	Home string
	// ValuesPath is the name of the values file.
	ValuesPath string
	// Verbose shows more in plain lines: checks that were skipped and the logs.
	Verbose bool
	// NoOpen prevents opening a browser.
	NoOpen bool
	// Now is the clock; time.Now when nil.
	Now func() time.Time
}

// Ending is how a guided install ended.
type Ending string

// The ways in which a guided install ends.
const (
	Left      Ending = "left"      // the user quit before anything was installed
	Canceled  Ending = "canceled"  // Ctrl-C before anything was installed or written
	Wrote     Ending = "wrote"     // the values file was written, nothing installed
	Failed    Ending = "failed"    // the install failed; Outcome.Err says why
	Stopped   Ending = "stopped"   // the install was interrupted; Outcome.Err says where
	Installed Ending = "installed" // the server is installed
)

// Outcome is the result of a guided install.
type Outcome struct {
	Ending    Ending
	Answers   answers.Answers // at the end
	Values    string          // the values file that was written, if any
	ValuesErr error           // why the install did not write it; fs.ErrExist if another one exists
	Install   install.Outcome // when an install started
	URL       string          // the local address of the server
	Activated bool
	Err       error    // of a failed or stopped install
	Recovered Recovery // what was done after it failed
	Operation narrate.Operation
	// Command is the command of this program that the user chose for the release of the
	// answers: "connect", "status" or "uninstall". It is still to be run.
	Command string
}

// shutdownTimeout is how long the program waits at exit for an engine that
// ignores its context. It always waits for a running install.
const shutdownTimeout = 2 * time.Second

// burstGap is the time between two keys that nobody types that fast.
const burstGap = 15 * time.Millisecond

// Run guides the user through the install on a terminal and returns the
// outcome. It waits for a running install to stop, unless the user chose not
// to. The error is ctx's, or why the screens could not be displayed.
func Run(ctx context.Context, o Options) (Outcome, error) {
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	model := newModel(inner, o)
	program := tea.NewProgram(model, tea.WithAltScreen(), tea.WithInput(o.Input), tea.WithOutput(o.Output),
		tea.WithContext(inner), tea.WithoutSignalHandler())
	model.sendMsg, model.burst = program.Send, burstGap
	_, err := program.Run()
	cancel()
	model.shutdown()
	if ctx.Err() != nil && !errors.Is(err, tea.ErrProgramPanic) {
		err = context.Cause(ctx)
	}
	return model.outcomeWithAnswers(), err
}

// shutdown waits for the engine and records the result of an install whose
// screen was closed.
func (m *model) shutdown() {
	at := m.screens[stepInstall].(*installing)
	if !at.task.running() || m.abandoned {
		m.work.close(shutdownTimeout)
		return
	}
	_, _ = fmt.Fprintln(m.options.Output, "Stopping the "+string(m.operation)+".")
	m.work.close(0)
	at.takeFinal()
}
