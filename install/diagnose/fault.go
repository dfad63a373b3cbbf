package diagnose

import (
	"fmt"

	"github.com/zenml-installer/zenml-installer/install/event"
)

// Fault is a failure that waiting cannot fix.
type Fault struct {
	Object   event.Object
	Summary  string // what failed
	Reason   string // the cluster's or the database's message; may be empty
	Remedy   string
	Evidence []string // the last log lines or the event; secrets are redacted
	Err      error    // Helm's error, may be nil
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

// Unwrap returns Helm's error.
func (f *Fault) Unwrap() error { return f.Err }
