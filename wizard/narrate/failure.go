package narrate

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/zenml-installer/zenml-installer/install"
	"github.com/zenml-installer/zenml-installer/install/diagnose"

	"github.com/zenml-installer/zenml-installer/internal/display"
	"github.com/zenml-installer/zenml-installer/internal/runlock"
)

// Failure describes a failed or stopped install, in display order.
type Failure struct {
	Summary  string
	Evidence []string // log lines, or the objects that were not ready
	Remedy   string
	Stopped  bool // the user stopped it
	Outdated bool // another run changed what the plan was based on
}

// Explain converts an error of the install engine.
func Explain(err error) Failure {
	var fault *diagnose.Fault
	var stopped *install.Interrupted
	var late *install.TimeoutError
	var pending *install.PendingError
	var foreign *install.ForeignError
	var held *runlock.HeldError
	var changed *install.ChangedError
	var conflict *install.KeyConflictError
	switch {
	case errors.As(err, &fault):
		return Failure{Summary: fault.Object.String() + ": " + fault.Text(), Evidence: fault.Evidence,
			Remedy: fault.Remedy}
	case errors.As(err, &stopped):
		return Failure{Summary: "stopped in step " + stopped.Step, Remedy: stopped.Next, Stopped: true}
	case errors.Is(err, context.Canceled):
		return Failure{Summary: strings.ReplaceAll(err.Error(), ": "+context.Canceled.Error(), ""), Stopped: true}
	case errors.As(err, &late):
		return timedOut(late)
	case errors.As(err, &pending):
		r := pending.Release
		return Failure{
			Summary: "release " + r.Name + " is " + r.Status + ": Helm or another tool is working on it, or was killed",
			Remedy:  pending.Remedy,
		}
	case errors.As(err, &held):
		return Failure{Summary: fmt.Sprintf("another run is changing release %s: %s, since %s", held.Release,
			held.Holder,
			held.Holder.Since.UTC().Format(time.RFC3339)), Remedy: held.Remedy()}
	case errors.As(err, &changed):
		return Failure{Summary: err.Error(), Outdated: true}
	case errors.As(err, &conflict):
		return Failure{Summary: err.Error(), Outdated: true}
	case errors.As(err, &foreign):
		return Failure{Summary: err.Error(), Remedy: foreign.Remedy}
	}
	return Failure{Summary: err.Error()}
}

func timedOut(err *install.TimeoutError) Failure {
	f := Failure{
		Summary: "not ready after " + display.Duration(err.After),
		Remedy:  cmp.Or(err.Remedy, "fix what is not ready and run again, or allow more time with --timeout"),
	}
	for _, w := range err.Waiting {
		f.Evidence = append(f.Evidence, strings.TrimSuffix(w.Object.String()+": "+w.Message, ": "))
	}
	return f
}
