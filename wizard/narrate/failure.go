package narrate

import (
	"errors"
	"strings"

	"github.com/zenml-installer/zenml-installer/install"
	"github.com/zenml-installer/zenml-installer/install/diagnose"

	"github.com/zenml-installer/zenml-installer/internal/display"
)

// Failure describes an install that did not finish, in the order in which
// people read it.
type Failure struct {
	Summary  string
	Evidence []string // log lines, or the objects that were not ready
	Remedy   string
	Stopped  bool // the user stopped it
}

// Explain turns an error of the install engine into a Failure.
func Explain(err error) Failure {
	var fault *diagnose.Fault
	var stopped *install.Interrupted
	var late *install.TimeoutError
	var pending *install.PendingError
	var foreign *install.ForeignError
	switch {
	case errors.As(err, &fault):
		return Failure{Summary: fault.Object.String() + ": " + fault.Text(), Evidence: fault.Evidence,
			Remedy: fault.Remedy}
	case errors.As(err, &stopped):
		return Failure{Summary: "stopped in step " + stopped.Step, Remedy: stopped.Next, Stopped: true}
	case errors.As(err, &late):
		return timedOut(late)
	case errors.As(err, &pending):
		r := pending.Release
		return Failure{
			Summary: "release " + r.Name + " is " + r.Status + ": another run is working on it, or was killed",
			Remedy:  pending.Remedy,
		}
	case errors.As(err, &foreign):
		return Failure{Summary: err.Error(), Remedy: foreign.Remedy}
	}
	return Failure{Summary: err.Error()}
}

func timedOut(err *install.TimeoutError) Failure {
	f := Failure{
		Summary: "not ready after " + display.Duration(err.After),
		Remedy:  "fix what is not ready and run again, or allow more time with --timeout",
	}
	for _, w := range err.Waiting {
		f.Evidence = append(f.Evidence, strings.TrimSuffix(w.Object.String()+": "+w.Message, ": "))
	}
	return f
}
