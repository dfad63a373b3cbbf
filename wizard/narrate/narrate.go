// Package narrate tells in plain lines what the libraries report, for pipes,
// logs and terminals that cannot redraw: one line per change, with its
// duration, and nothing that has to be seen in colour.
package narrate

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/wizard/theme"
)

// Narrator writes lines. Its methods may be called from several goroutines.
type Narrator struct {
	mu      sync.Mutex
	w       io.Writer
	styles  *theme.Styles
	now     func() time.Time
	verbose bool
	began   time.Time
	objects map[event.Object]reported
}

// told is what was said of an object last.
type reported struct {
	state  event.State
	detail string
	since  time.Time
}

// Options says how to tell.
type Options struct {
	Terminal theme.Terminal
	Verbose  bool             // the lines of containers too
	Now      func() time.Time // time.Now when nil
}

// New returns a narrator that writes to w: by contract the talk, stderr.
func New(w io.Writer, o Options) *Narrator {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Narrator{w: w, styles: theme.New(o.Terminal), now: o.Now, verbose: o.Verbose, began: o.Now(), objects: map[event.Object]reported{}}
}

// Say writes one line, or several.
func (n *Narrator) Printf(format string, args ...any) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.line(fmt.Sprintf(format, args...))
}

// line is called with the lock held.
func (n *Narrator) line(text string) { fmt.Fprintln(n.w, n.styles.Text(text)) }

// Check is an observer of preflight checks: a line for each that has ended,
// and the remedy of each that found a fault.
func (n *Narrator) Check(e check.Event) {
	if e.Result == nil {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	glyph, word, style := CheckStatus(n.styles, e.Result.Status)
	text := style.Render(fmt.Sprintf("%s %-6s", glyph, word)) + " " + e.Result.Title()
	if e.Result.Message != "" {
		text += ": " + e.Result.Message
	}
	if e.Result.Duration >= time.Second {
		text += " (" + Took(e.Result.Duration) + ")"
	}
	n.line(text)
	if e.Result.Hint != "" {
		n.line(indentAll(e.Result.Hint))
	}
}

// Install is an observer of an install, and of a port-forward.
func (n *Narrator) Install(e event.Event) {
	n.mu.Lock()
	defer n.mu.Unlock()
	switch e := e.(type) {
	case event.StepStarted:
		n.line(n.styles.Accent.Render(theme.Working) + " " + e.Title)
	case event.StepFinished:
		n.stepFinished(e)
	case event.ObjectChanged:
		n.object(e)
	case event.LogLine:
		if n.verbose {
			n.line("    " + e.Pod + "/" + e.Container + ": " + e.Line)
		}
	case event.Notice:
		n.line("  " + theme.Bullet + " " + e.Text)
	}
}

func (n *Narrator) stepFinished(e event.StepFinished) {
	if e.Err != nil {
		n.line(fmt.Sprintf("%s %s: failed after %s", n.styles.Bad.Render(theme.Bad), e.Step, Took(e.Duration)))
		return
	}
	n.line(fmt.Sprintf("%s %s: done in %s", n.styles.Good.Render(theme.Done), e.Step, Took(e.Duration)))
}

// object tells a change of state, or a new story about the same state.
func (n *Narrator) object(e event.ObjectChanged) {
	before, known := n.objects[e.Object]
	after := reported{e.State, Detail(e), n.now()}
	if known && before.state == after.state {
		if before.detail == after.detail {
			return
		}
		after.since = before.since
	}
	n.objects[e.Object] = after
	glyph, word, style := ObjectState(n.styles, e.State)
	text := "  " + style.Render(fmt.Sprintf("%s %-7s", glyph, word)) + " " + e.Object.String()
	if after.detail != "" {
		text += ": " + after.detail
	}
	if known && before.state != after.state {
		text += fmt.Sprintf(" (after %s %s)", Took(n.now().Sub(before.since)), before.state)
	}
	n.line(text)
}

// Failed tells why an install did not come to its goal, and what to do.
func (n *Narrator) InstallFailed(err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	f := Explain(err)
	if f.Stopped {
		n.line(n.styles.Warn.Render(theme.Warning + " The install was stopped: " + f.Cause))
	} else {
		n.line(n.styles.Bad.Render(theme.Bad + " The install failed: " + f.Cause))
	}
	for _, e := range f.Evidence {
		n.line(indentAll(e))
	}
	if f.Remedy != "" {
		n.line("  What to do: " + strings.TrimLeft(indentAll(f.Remedy), " "))
	}
}

// Summary sums a report up in a line.
func (n *Narrator) Summary(r check.Report) {
	s := r.Summary()
	n.Printf("Checks: %d ok, %d warned, %d failed, %d skipped, in %s", s.Passed, s.Warned, s.Failed, s.Skipped, Took(r.Duration))
}

// hang indents every line.
func indentAll(text string) string {
	return "    " + strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n    ")
}
