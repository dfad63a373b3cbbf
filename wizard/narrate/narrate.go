// Package narrate prints events as plain lines, for pipes, logs and terminals
// that cannot redraw: one line per change, with its duration. No information
// depends on color.
package narrate

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/install/event"

	"github.com/zenml-installer/zenml-installer/internal/display"
	"github.com/zenml-installer/zenml-installer/wizard/theme"
)

// Narrator writes lines. Its methods are safe for concurrent use.
type Narrator struct {
	mu      sync.Mutex
	w       io.Writer
	styles  *theme.Styles
	now     func() time.Time
	verbose bool
	objects map[event.Object]reported
}

// reported is the last printed state of an object.
type reported struct {
	state  event.State
	detail string
	since  time.Time
}

// Options configure a Narrator.
type Options struct {
	Terminal theme.Terminal
	Verbose  bool             // also write skipped checks and the log lines of containers
	Now      func() time.Time // time.Now when nil
}

// New returns a narrator that writes to w, which is stderr for the commands.
func New(w io.Writer, o Options) *Narrator {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Narrator{
		w: w, styles: theme.New(o.Terminal), now: o.Now, verbose: o.Verbose, objects: map[event.Object]reported{},
	}
}

// Printf writes one or more lines.
func (n *Narrator) Printf(format string, args ...any) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.line(fmt.Sprintf(format, args...))
}

// line writes a line; the caller holds the lock.
func (n *Narrator) line(text string) { fmt.Fprintln(n.w, n.styles.Text(text)) }

// Check observes preflight checks: it writes a line for each that has finished
// and the remedy of each that failed or warned.
func (n *Narrator) Check(e check.Event) {
	if e.Result == nil || e.Result.Status == check.Skipped && !n.verbose {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	text := n.styles.Mark(CheckMark(e.Result.Status)) + " " + e.Result.Title()
	if e.Result.Message != "" {
		text += ": " + display.Printable(e.Result.Message)
	}
	if e.Result.Duration >= time.Second {
		text += " (" + display.Duration(e.Result.Duration) + ")"
	}
	n.line(text)
	if e.Result.Remedy != "" {
		n.line(indentAll(e.Result.Remedy))
	}
}

// Install observes an install or a port-forward.
func (n *Narrator) Install(e event.Event) {
	n.mu.Lock()
	defer n.mu.Unlock()
	switch e := e.(type) {
	case event.RunStarted:
		n.line("  " + display.GlyphBullet + " this usually takes " + display.Duration(e.Typical))
	case event.StepStarted:
		n.stepStarted(e)
	case event.StepFinished:
		n.stepFinished(e)
	case event.ObjectChanged:
		n.object(e)
	case event.Stuck:
		n.stuck(e)
	case event.LogLine:
		if n.verbose {
			n.line("    " + e.Pod + "/" + e.Container + ": " + display.Printable(e.Line))
		}
	case event.Notice:
		n.line("  " + display.GlyphBullet + " " + e.Text)
	}
}

func (n *Narrator) stepStarted(e event.StepStarted) {
	text := n.styles.Accent.Render(display.GlyphRunning) + " " + e.Title
	if e.Typical > 0 {
		text += " (usually " + display.Duration(e.Typical) + ")"
	}
	n.line(text)
}

func (n *Narrator) stepFinished(e event.StepFinished) {
	if e.Err != nil {
		n.line(fmt.Sprintf("%s %s: failed after %s", n.styles.Bad.Render(display.GlyphFailed), e.Step,
			display.Duration(e.Duration)))
		return
	}
	n.line(fmt.Sprintf("%s %s: done in %s", n.styles.Good.Render(display.GlyphDone), e.Step,
		display.Duration(e.Duration)))
}

// object writes a change of state, or a new detail of the same state.
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
	text := "  " + n.styles.Mark(ObjectMark(e.State)) + " " + e.Object.String()
	if after.detail != "" {
		text += ": " + display.Printable(after.detail)
	}
	if known && before.state != after.state {
		text += fmt.Sprintf(" (after %s %s)", display.Duration(n.now().Sub(before.since)), before.state)
	}
	n.line(text)
}

// stuck writes how long an object has waited, and how long the run still waits for it.
func (n *Narrator) stuck(e event.Stuck) {
	text := fmt.Sprintf("  %s %s has waited for %s: %s", n.styles.Warn.Render(display.GlyphWarning), e.Object,
		display.Elapsed(e.Waited), display.Printable(Detail(e.ObjectChanged)))
	if e.Remedy != "" {
		text += "\n" + indentAll(display.Printable(e.Remedy))
	}
	if left := e.Deadline.Sub(n.now()); left > 0 {
		text += "\n    This run waits for another " + display.Elapsed(left) + ", then it fails. You can stop it now: " +
			"what was created stays, and the next run continues."
	}
	n.line(text)
}

// Failed prints why an install or an upgrade failed or stopped, and what to do.
func (n *Narrator) Failed(o Operation, err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	f := Explain(err)
	if f.Stopped {
		n.line(n.styles.Warn.Render(display.GlyphWarning + " The " + string(o) + " was stopped: " + f.Summary))
	} else {
		n.line(n.styles.Bad.Render(display.GlyphFailed + " The " + string(o) + " failed: " + f.Summary))
	}
	for _, e := range f.Evidence {
		n.line(indentAll(display.Printable(e)))
	}
	if f.Remedy != "" {
		n.line("  What to do: " + strings.TrimLeft(indentAll(f.Remedy), " "))
	}
}

// Summary prints the counts of a report in one line.
func (n *Narrator) Summary(r check.Report) {
	n.Printf("Checks: %s in %s", r.Tally(), display.Duration(r.Duration))
}

// indentAll indents every line.
func indentAll(text string) string {
	return "    " + strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n    ")
}
