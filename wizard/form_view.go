package wizard

import (
	"strings"

	"github.com/charmbracelet/lipgloss"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/wizard/look"
	"github.com/zenml-installer/zenml-installer/wizard/question"
)

func (f *form) view(width, height int) string {
	if len(f.questions) == 0 || f.field == nil {
		return ""
	}
	var lines []string
	var from, to int
	for i, q := range f.questions {
		if i != f.at {
			lines = append(lines, f.closed(q, i, width))
			continue
		}
		if i > 0 {
			lines = append(lines, "")
		}
		from = len(lines)
		lines = append(lines, strings.Split(f.opened(q, width), "\n")...)
		to = len(lines)
		if i < len(f.questions)-1 {
			lines = append(lines, "")
		}
	}
	f.pane.set(strings.Join(lines, "\n"), width, height)
	if at := [3]int{f.at, width, height}; at != f.shown {
		f.shown = at
		f.pane.show(from, to)
	}
	return f.pane.view()
}

// closed is a question that is not the open one, in one line.
func (f *form) closed(q question.Question, i, width int) string {
	glyph, answer := f.look.Muted.Render(look.Bullet), ""
	if strings.HasPrefix(q.Key, "@") {
		return f.look.Muted.Render(look.Bullet + " " + q.Title)
	}
	text, isDefault := f.sheet.Shown(q)
	_, bad := f.sheet.Fault(q.Key)
	switch {
	case i > f.at:
		answer = f.look.Muted.Render(text)
	case bad:
		glyph, answer = f.look.Bad.Render(look.Bad), f.look.Bad.Render("to be answered")
	default:
		glyph, answer = f.look.Good.Render(look.Done), text
		if isDefault && text != "" {
			answer += f.look.Muted.Render(" (default)")
		}
	}
	title := lipgloss.NewStyle().Width(f.titleWidth()).Render(q.Title)
	if i > f.at {
		title = f.look.Muted.Render(title)
	}
	return cut(glyph+" "+title+"  "+answer, width)
}

// titleWidth lines the answers up.
func (f *form) titleWidth() int {
	widest := 0
	for _, q := range f.questions {
		if !strings.HasPrefix(q.Key, "@") {
			widest = max(widest, lipgloss.Width(q.Title))
		}
	}
	return widest
}

// opened is the question that is being answered.
func (f *form) opened(q question.Question, width int) string {
	inner := width - 2
	parts := []string{f.look.Title.Render(wrap(q.Title, inner))}
	if q.Help != "" {
		parts = append(parts, f.look.Muted.Render(wrap(q.Help, inner)))
	}
	if f.note != nil {
		if note := f.note(q); note != "" {
			parts = append(parts, "", wrap(note, inner))
		}
	}
	parts = append(parts, "")
	parts = append(parts, strings.TrimRight(f.field.View(), "\n "))
	if hint := f.hint(q); hint != "" {
		parts = append(parts, f.look.Muted.Render(wrap(hint, inner)))
	}
	if f.fault != "" {
		parts = append(parts, f.look.Bad.Render(wrap(look.Bad+" "+f.fault, inner)))
	}
	bar := f.look.Accent.Render(look.Bar)
	lines := strings.Split(strings.Join(parts, "\n"), "\n")
	for i, line := range lines {
		lines[i] = bar + " " + line
	}
	return strings.Join(lines, "\n")
}

// hint says below the field what was understood, or what may be typed.
func (f *form) hint(q question.Question) string {
	sourced := q.Kind == answers.Secret || q.Kind == answers.Content
	if !sourced || f.fault != "" {
		return ""
	}
	switch {
	case f.sheet.Named(q.Field):
		return "Taken from: " + f.sheet.Source(q.Field) + "."
	case f.text == "":
		return ""
	case q.Kind == answers.Secret:
		return "Typed here: it goes into a Kubernetes Secret and is not kept on this machine."
	}
	return ""
}

// cut shortens a line that is drawn on one line alone; the whole is seen when
// its question is opened.
func cut(line string, width int) string {
	if lipgloss.Width(line) <= width {
		return line
	}
	return lipgloss.NewStyle().MaxWidth(max(width-1, 0)).Render(line) + "…"
}
