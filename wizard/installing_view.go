package wizard

import (
	"fmt"
	"strings"
	"time"

	"github.com/charmbracelet/lipgloss"

	"github.com/zenml-installer/zenml-installer/install/diagnose"
	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/internal/display"
	"github.com/zenml-installer/zenml-installer/wizard/narrate"
	"github.com/zenml-installer/zenml-installer/wizard/question"
)

func (i *installing) view(width, height int) string {
	i.offerStuck()
	bottom := i.statusLine(width)
	if len(i.list.options) > 0 {
		bottom = i.list.flat(width)
	}
	follows := i.page != objectsPage && i.pane.offset >= i.pane.last()
	i.pane.set(i.document(width), width, max(height-lipgloss.Height(bottom)-1, 1))
	if follows {
		i.pane.offset = i.pane.last()
	}
	return i.pane.view() + "\n\n" + bottom
}

func (i *installing) document(width int) string {
	switch i.page {
	case logsPage:
		return i.logLines(width)
	case eventsPage:
		return i.eventLines(width)
	}
	var blocks []string
	add := func(lines []string) {
		if len(lines) > 0 {
			blocks = append(blocks, strings.Join(lines, "\n"))
		}
	}
	if i.showNotices {
		add(i.noticeLines(width))
	}
	add(i.failureLines(width))
	add(i.stuckLines(width))
	add(i.stepLines(width))
	add(i.objectLines(width))
	if !i.showNotices {
		add(i.noticeLines(width))
	}
	return strings.Join(blocks, "\n\n")
}

// failureLines shows the cause, the evidence and the remedy.
func (i *installing) failureLines(width int) []string {
	if i.failure == nil {
		return nil
	}
	title := display.GlyphFailed + " The " + string(i.operation) + " failed"
	if i.failure.Stopped {
		title = display.GlyphWarning + " The " + string(i.operation) + " was stopped"
	}
	lines := []string{i.styles.Bad.Render(title), display.Indent("  "+i.failure.Summary, width)}
	for _, e := range i.failure.Evidence {
		lines = append(lines, i.styles.Muted.Render(display.Indent("    "+display.Printable(e), width)))
	}
	if i.failure.Remedy != "" {
		lines = append(lines, i.styles.Title.Render("  What to do"),
			remedy(question.UseTitles(i.failure.Remedy), "  ", width))
	}
	return lines
}

// stuckLines shows what an object waits for, and how long the install waits for it.
func (i *installing) stuckLines(width int) []string {
	o := i.stuck()
	if o == nil || i.failure != nil || i.stopping {
		return nil
	}
	title := fmt.Sprintf("%s %s has waited for %s.", display.GlyphWarning, o.Object, since(i.now(), o.stuckSince))
	if left := o.deadline.Sub(i.now()); left > 0 {
		title += fmt.Sprintf(" The %s waits for another %s.", i.operation, display.Duration(left.Round(time.Second)))
	}
	lines := []string{i.styles.Warn.Render(display.Indent(title, width)),
		display.Indent("  "+display.Printable(narrate.Detail(o.ObjectChanged)), width)}
	if o.remedy != "" {
		lines = append(lines, remedy(question.UseTitles(o.remedy), "  ", width))
	}
	return lines
}

func (i *installing) stepLines(width int) []string {
	var lines []string
	for _, s := range i.progress.steps {
		glyph, style, took := i.spinner(), i.styles.Accent, usually(since(i.now(), s.startedAt), s.typical)
		switch {
		case s.ended && s.err != nil:
			glyph, style, took = display.GlyphFailed, i.styles.Bad, display.Duration(s.took)+", failed"
		case s.ended:
			glyph, style, took = display.GlyphDone, i.styles.Good, display.Duration(s.took)
		}
		lines = append(lines, display.Hang(style.Render(glyph)+" "+s.title+"  "+i.styles.Muted.Render(took), 2, width))
	}
	return lines
}

// moving lets the mark of what is running move.
func (i *installing) moving(mark display.Mark) display.Mark {
	if mark.Glyph == display.GlyphRunning && i.task.running() {
		mark.Glyph = i.spinner()
	}
	return mark
}

// usually adds to what has elapsed how long it usually takes, if that is known.
func usually(elapsed string, typical time.Duration) string {
	if typical == 0 {
		return elapsed
	}
	return elapsed + ", usually " + display.Duration(typical)
}

// objectLines lists the objects with their state and age.
func (i *installing) objectLines(width int) []string {
	if len(i.progress.objects) == 0 {
		return nil
	}
	lines := []string{i.styles.Title.Render(fmt.Sprintf("Objects, %d of %d ready", i.progress.ready(),
		len(i.progress.objects)))}
	widest := 0
	for _, o := range i.progress.objects {
		widest = max(widest, lipgloss.Width(o.Object.String()))
	}
	widest = min(widest, max(width-30, 20))
	for _, o := range i.progress.objects {
		age := since(i.now(), o.since)
		name := lipgloss.NewStyle().Width(widest).Render(display.Truncate(o.Object.String(), widest))
		line := i.styles.Mark(i.moving(narrate.ObjectMark(o.State))) + "  " + name + "  " +
			i.styles.Muted.Render(fmt.Sprintf("%6s", age))
		if detail := narrate.Detail(o.ObjectChanged); detail != "" && o.State != event.Ready {
			line += "\n" + display.Indent(strings.Repeat(" ", 11)+display.Printable(detail), width)
		}
		lines = append(lines, line)
	}
	return lines
}

func (i *installing) noticeLines(width int) []string {
	var lines []string
	for _, n := range i.progress.notices {
		lines = append(lines, i.styles.Muted.Render(display.Indent(display.GlyphBullet+" "+n, width)))
	}
	return lines
}

// logLines shows the latest log lines with their pods.
func (i *installing) logLines(width int) string {
	if len(i.progress.logs) == 0 {
		return i.styles.Muted.Render("No pod has logged anything yet.")
	}
	var lines []string
	pod := ""
	for _, log := range i.progress.logs {
		if log.Pod != pod {
			pod = log.Pod
			lines = append(lines, i.styles.Title.Render(pod))
		}
		lines = append(lines, display.Indent("  "+display.Printable(log.Line), width))
	}
	return strings.Join(lines, "\n")
}

// eventLines shows the events about the objects, the latest last. Warnings stand out.
func (i *installing) eventLines(width int) string {
	if len(i.progress.events) == 0 {
		return i.styles.Muted.Render("Kubernetes has not reported any events about the release yet.")
	}
	var lines []string
	for _, e := range i.progress.events {
		glyph, style := display.GlyphBullet, i.styles.Muted
		if e.Warning {
			glyph, style = display.GlyphWarning, i.styles.Warn
		}
		at := e.At.Local().Format(time.TimeOnly)
		text := fmt.Sprintf("%s %s  %s  %s: %s", glyph, at, e.Object, e.Reason, e.Message)
		if e.Count > 1 {
			text += fmt.Sprintf(" (%d times)", e.Count)
		}
		lines = append(lines, style.Render(display.Hang(display.Printable(text), 2, width)))
	}
	return strings.Join(lines, "\n")
}

// logLine returns the message of a log line, with the pod where there is room.
func logLine(log event.LogLine, width int) string {
	message := display.Printable(diagnose.Message(log.Line))
	if width >= 100 {
		return log.Pod + ": " + message
	}
	return "log: " + message
}

// statusLine shows the running step and the latest log line; it is always
// visible.
func (i *installing) statusLine(width int) string {
	now := "Starting…"
	for _, s := range i.progress.steps {
		if !s.ended {
			now = s.title + "…"
		}
	}
	if i.recovering != "" {
		now = i.recovering.Title() + "…"
	}
	if i.stopping {
		now = "Stopping…"
	}
	elapsed := since(i.now(), i.task.startedAt)
	if i.progress.typical > 0 && i.recovering == "" {
		elapsed = usually(elapsed+" in all", i.progress.typical)
	}
	line := i.styles.Accent.Render(i.spinner()+" "+now) + " " + i.styles.Muted.Render(elapsed)
	if log := i.progress.log; log.Line != "" {
		line += "\n" + display.Truncate(i.styles.Muted.Render(logLine(log, width)), width)
	}
	return line
}
