package narrate

import (
	"errors"
	"strings"

	"github.com/zenml-installer/zenml-installer/install"
	"github.com/zenml-installer/zenml-installer/install/diagnose"
)

// Failure is the end of an install that did not come to its goal, in the parts
// in which people want to read it.
type Failure struct {
	Cause    string
	Evidence []string // log lines, or what was still waited for
	Remedy   string
	Stopped  bool // the person stopped it
}

// Explain takes an error of the install engine apart.
func Explain(err error) Failure {
	var fault *diagnose.Fault
	var stopped *install.Interrupted
	var late *install.TimeoutError
	var pending *install.PendingError
	var foreign *install.ForeignError
	switch {
	case errors.As(err, &fault):
		return Failure{Cause: fault.Object.String() + ": " + fault.Text(), Evidence: fault.Evidence, Remedy: fault.Remedy}
	case errors.As(err, &stopped):
		return Failure{Cause: "stopped in step " + stopped.Step, Remedy: stopped.Next, Stopped: true}
	case errors.As(err, &late):
		f := Failure{Cause: "not ready after " + late.After.String(), Remedy: "give it more time with --timeout, or mend what it waits for and run again"}
		for _, w := range late.Waiting {
			f.Evidence = append(f.Evidence, strings.TrimSuffix(w.Object.String()+": "+w.Message, ": "))
		}
		return f
	case errors.As(err, &pending):
		return Failure{Cause: "release " + pending.Release.Name + " is " + pending.Release.Status + ": another run is at work on it, or was killed", Remedy: pending.Remedy}
	case errors.As(err, &foreign):
		return Failure{Cause: err.Error(), Remedy: foreign.Remedy}
	}
	return Failure{Cause: err.Error()}
}
