package wizard

import (
	"context"
	"errors"
	"io"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/zenml-installer/zenml-installer/install"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/wizard/look"
)

// DefaultValues is the name of the values file, by contract.
const DefaultValues = "custom-values.yaml"

// Options is what a guided install begins with.
type Options struct {
	Engine Engine
	Input  io.Reader // a terminal
	Output io.Writer // a terminal
	Look   look.Terminal
	// Start holds the answers that are there already, from a file or flags.
	Start answers.Answers
	// StatePath is the file that keeps the answers of an interrupted run; it
	// never holds a secret. Empty means that nothing is kept.
	StatePath string
	// ValuesPath is the values file's name when only that is written.
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
	Install   install.Outcome // when an install was begun
	URL       string          // where the server was reached
	Activated bool
	Err       error // of a failed or stopped install
}

// Run leads through the install on a terminal and returns what it came to.
// Everything
// that the engine does has ended when it returns, unless the person chose to
// leave an install that was still stopping. An error means
// that the screens themselves could not be shown.
func Run(ctx context.Context, o Options) (Outcome, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	model := newModel(ctx, o)
	program := tea.NewProgram(model, tea.WithAltScreen(), tea.WithInput(o.Input), tea.WithOutput(o.Output),
		tea.WithContext(ctx), tea.WithoutSignalHandler())
	model.send = program.Send
	_, err := program.Run()
	cancel()
	if !model.abandoned {
		model.work.end()
	}
	if errors.Is(err, tea.ErrProgramKilled) && errors.Is(ctx.Err(), context.Canceled) && model.ctx.Err() != nil {
		err = nil
	}
	return model.result(), err
}
