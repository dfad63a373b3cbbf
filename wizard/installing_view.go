package wizard

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/lipgloss"

	"github.com/zenml-installer/zenml-installer/wizard/narrate"
	"github.com/zenml-installer/zenml-installer/wizard/question"
	"github.com/zenml-installer/zenml-installer/wizard/theme"
)

func (i *installing) view(width, height int) string {
	if len(i.list.options) == 0 {
		bottom := i.statusLine(width)
		i.pane.set(i.document(width), width, max(height-lipgloss.Height(bottom)-1, 1))
		return i.pane.view() + "\n\n" + bottom
	}
	bottom := i.list.flat(width)
	i.pane.set(i.document(width), width, max(height-lipgloss.Height(bottom)-1, 1))
	return i.pane.view() + "\n\n" + bottom
}

func (i *installing) document(width int) string {
	var blocks []string
	add := func(lines []string) {
		if len(lines) > 0 {
			blocks = append(blocks, strings.Join(lines, "\n"))
		}
	}
	add(i.failureLines(width))
	add(i.stepLines(width))
	add(i.objectLines(width))
	add(i.noticeLines(width))
	return strings.Join(blocks, "\n\n")
}

// failureLines name the fault, the evidence and the remedy.
func (i *installing) failureLines(width int) []string {
	if i.failure == nil {
		return nil
	}
	title := theme.Bad + " The install failed"
	if i.failure.Stopped {
		title = theme.Warning + " The install was stopped"
	}
	lines := []string{i.styles.Bad.Render(title), indent("  "+i.failure.Cause, width)}
	for _, e := range i.failure.Evidence {
		lines = append(lines, i.styles.Muted.Render(indent("    "+e, width)))
	}
	if i.failure.Remedy != "" {
		lines = append(lines, i.styles.Title.Render("  What to do"), indent("  "+question.UseTitles(i.failure.Remedy), width))
	}
	return lines
}

func (i *installing) stepLines(width int) []string {
	var lines []string
	for _, s := range i.progress.steps {
		glyph, style, time := theme.Working, i.styles.Accent, since(i.now(), s.startedAt)
		switch {
		case s.ended && s.err != nil:
			glyph, style, time = theme.Bad, i.styles.Bad, took(s.took)+", failed"
		case s.ended:
			glyph, style, time = theme.Done, i.styles.Good, took(s.took)
		}
		lines = append(lines, hang(style.Render(glyph)+" "+s.title+"  "+i.styles.Muted.Render(time), 2, width))
	}
	return lines
}

// objectLines is the list of objects, state and age in columns.
func (i *installing) objectLines(width int) []string {
	if len(i.progress.objects) == 0 {
		return nil
	}
	lines := []string{i.styles.Title.Render(fmt.Sprintf("Objects, %d of %d ready", i.progress.ready(), len(i.progress.objects)))}
	widest := 0
	for _, o := range i.progress.objects {
		widest = max(widest, lipgloss.Width(o.Object.String()))
	}
	widest = min(widest, max(width-30, 20))
	for _, o := range i.progress.objects {
		glyph, word, style := narrate.ObjectState(i.styles, o.State)
		age := since(i.now(), o.since)
		name := lipgloss.NewStyle().Width(widest).Render(cut(o.Object.String(), widest))
		line := style.Render(fmt.Sprintf("%s %-7s", glyph, word)) + "  " + name + "  " + i.styles.Muted.Render(fmt.Sprintf("%6s", age))
		if story := narrate.Detail(o.ObjectChanged); story != "" && o.State != "ready" {
			line += "\n" + indent(strings.Repeat(" ", 11)+story, width)
		}
		lines = append(lines, line)
	}
	return lines
}

func (i *installing) noticeLines(width int) []string {
	var lines []string
	for _, n := range i.progress.notices {
		lines = append(lines, i.styles.Muted.Render(indent(theme.Bullet+" "+n, width)))
	}
	return lines
}

// statusLine is what is at work now and what was said last, always in sight.
func (i *installing) statusLine(width int) string {
	now := "Beginning…"
	for _, s := range i.progress.steps {
		if !s.ended {
			now = s.title + "…"
		}
	}
	if i.stopping {
		now = "Stopping after the current step…"
	}
	line := i.styles.Accent.Render(theme.Working+" "+now) + " " + i.styles.Muted.Render(since(i.now(), i.task.startedAt))
	if log := i.progress.log; log.Line != "" {
		line += "\n" + cut(i.styles.Muted.Render(log.Pod+": "+log.Line), width)
	}
	return line
}
