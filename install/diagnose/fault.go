package diagnose

import (
	"fmt"

	"github.com/zenml-installer/zenml-installer/install/event"
)

// Fault is a failure that waiting cannot fix.
type Fault struct {
	Object   event.Object
	Summary  string // what failed
	Reason   string // why, in the cluster's or the database's words; may be empty
	Remedy   string
	Evidence []string // the last log lines or the event that says so; secrets are redacted
	Err      error    // Helm's own error, may be nil
}

// Text returns the summary and the reason.
func (f *Fault) Text() string {
	return join(f.Summary, f.Reason)
}

func (f *Fault) Error() string {
	text := fmt.Sprintf("%s: %s", f.Object, f.Text())
	if f.Remedy != "" {
		text += " (" + f.Remedy + ")"
	}
	return text
}

// Unwrap returns what Helm made of it.
func (f *Fault) Unwrap() error { return f.Err }
