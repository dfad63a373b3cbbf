package wizard

import (
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/wizard/theme"
	"github.com/zenml-installer/zenml-installer/wizard/question"
)

func (f *form) view(width, height int) string {
	if len(f.questions) == 0 || f.field == nil {
		return ""
	}
	var lines []string
	var from, to, cursor int
	for i, q := range f.questions {
		if i != f.at {
			lines = append(lines, f.closed(q, i, width))
			continue
		}
		if i > 0 {
			lines = append(lines, "")
		}
		from = len(lines)
		opened, at := f.opened(q, width)
		lines, cursor = append(lines, opened...), from+at
		to = len(lines)
		if i < len(f.questions)-1 {
			lines = append(lines, "")
		}
	}
	f.pane.set(strings.Join(lines, "\n"), width, height)
	if at := (focus{f.at, width, height, cursor, f.text, f.fault}); at != f.shown {
		f.shown = at
		f.pane.show(from, to)
		f.pane.show(cursor, cursor+f.cursorHeight())
	}
	return f.pane.view()
}

// focus is what decides which lines must be in sight.
type focus struct {
	question, width, height, cursor int
	text, fault                     string
}

// cursorHeight is how many lines there are to see at the cursor: an option
// with its help, or the line of an input and the fault below it.
func (f *form) cursorHeight() int {
	if !f.choosing() {
		return 1 + lipgloss.Height(f.below(f.measure-2))
	}
	for _, o := range f.current().Choices {
		if o.Value == f.text {
			return lipgloss.Height(f.label(o))
		}
	}
	return 1
}

// closed is a question that is not the open one, in one line.
func (f *form) closed(q question.Question, i, width int) string {
	glyph, answer := f.look.Muted.Render(theme.Bullet), ""
	if strings.HasPrefix(q.Key, "@") {
		return f.look.Muted.Render(theme.Bullet + " " + q.Title)
	}
	text, isDefault := f.sheet.Shown(q)
	_, bad := f.sheet.Fault(q.Key)
	switch {
	case i > f.at:
		answer = f.look.Muted.Render(text)
	case f.blamed[q.Key] != "":
		glyph, answer = f.look.Bad.Render(theme.Bad), text
	case bad:
		glyph, answer = f.look.Bad.Render(theme.Bad), f.look.Bad.Render("to be answered")
	default:
		glyph, answer = f.look.Good.Render(theme.Done), text
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

// opened is the question that is being answered, and the line of the cursor.
func (f *form) opened(q question.Question, width int) (lines []string, cursor int) {
	inner := width - 2
	var parts []string
	if blame := f.blamed[q.Key]; blame != "" {
		parts = append(parts, wrap(f.look.Bad.Render(theme.Bad+" ")+blame, inner), "")
	}
	title := q.Title
	if f.blind.first != "" {
		title += ", once more"
	}
	parts = append(parts, f.look.Title.Render(wrap(title, inner)))
	if q.Help != "" {
		parts = append(parts, f.look.Muted.Render(wrap(q.Help, inner)))
	}
	if f.note != nil {
		if note := f.note(q); note != "" {
			parts = append(parts, "", wrap(note, inner))
		}
	}
	parts = append(parts, "")
	field := strings.TrimRight(f.field.View(), "\n ")
	cursor = lipgloss.Height(strings.Join(parts, "\n")) + pointed(field)
	parts = append(parts, field)
	if below := f.below(inner); below != "" {
		parts = append(parts, below)
	}
	bar := f.look.Accent.Render(theme.Bar)
	lines = strings.Split(strings.Join(parts, "\n"), "\n")
	for i, line := range lines {
		lines[i] = bar + " " + line
	}
	return lines, cursor
}

// pointed is the line of a field that the pointer stands at.
func pointed(field string) int {
	for i, line := range strings.Split(field, "\n") {
		if strings.HasPrefix(ansi.Strip(line), theme.Pointer) {
			return i
		}
	}
	return 0
}

// below is what stands below the field: what was understood, or the fault.
func (f *form) below(width int) string {
	if f.fault != "" {
		return f.look.Bad.Render(wrap(theme.Bad+" "+f.fault, width))
	}
	if hint := f.hint(f.current()); hint != "" {
		return f.look.Muted.Render(wrap(hint, width))
	}
	return ""
}

// hint says below the field what was understood, or what may be typed.
func (f *form) hint(q question.Question) string {
	sourced := q.Kind == answers.Secret || q.Kind == answers.Content
	if !sourced || f.fault != "" {
		return ""
	}
	switch {
	case f.reading.running():
		return "Looking whether it can be read: " + f.sheet.Source(q.Field) + "…"
	case f.text == "" && q.Kind == answers.Secret && f.before != "" && f.blind.first == "":
		return "Enter keeps it; what you type takes its place."
	case f.text == "":
		return ""
	case q.Kind == answers.Secret && q.Twice && !question.InClear(q.Field, f.text):
		return "It is asked twice: it cannot be seen, and a slip could not be corrected later."
	case f.sheet.Named(q.Field):
		return "Taken from: " + f.sheet.Source(q.Field) + "."
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
