package wizard

import (
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/wizard/question"
	"github.com/zenml-installer/zenml-installer/wizard/theme"
)

func (f *form) view(width, height int) string {
	if len(f.questions) == 0 || f.field == nil {
		return ""
	}
	var lines []string
	var from, to, cursor int
	for i, q := range f.questions {
		if i != f.at {
			lines = append(lines, f.closedLine(q, i, width))
			continue
		}
		if i > 0 {
			lines = append(lines, "")
		}
		from = len(lines)
		opened, at := f.openLines(q, width)
		lines, cursor = append(lines, opened...), from+at
		to = len(lines)
		if i < len(f.questions)-1 {
			lines = append(lines, "")
		}
	}
	f.pane.set(strings.Join(lines, "\n"), width, height)
	if at := (focus{f.at, width, height, cursor, f.text, f.fault}); at != f.lastFocus {
		f.lastFocus = at
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
	if !f.isChoosing() {
		return 1 + lipgloss.Height(f.footnote(f.measure-2))
	}
	for _, o := range f.current().Choices {
		if o.Value == f.text {
			return lipgloss.Height(f.label(o))
		}
	}
	return 1
}

// closed is a question that is not the open one, in one line.
func (f *form) closedLine(q question.Question, i, width int) string {
	glyph, answer := f.styles.Muted.Render(theme.Bullet), ""
	if strings.HasPrefix(q.Key, "@") {
		return f.styles.Muted.Render(theme.Bullet + " " + q.Title)
	}
	text, isDefault := f.responses.Display(q)
	_, bad := f.responses.Fault(q.Key)
	switch {
	case i > f.at:
		answer = f.styles.Muted.Render(text)
	case f.problems[q.Key] != "":
		glyph, answer = f.styles.Bad.Render(theme.Bad), text
	case bad:
		glyph, answer = f.styles.Bad.Render(theme.Bad), f.styles.Bad.Render("to be answered")
	default:
		glyph, answer = f.styles.Good.Render(theme.Done), text
		if isDefault && text != "" {
			answer += f.styles.Muted.Render(" (default)")
		}
	}
	title := lipgloss.NewStyle().Width(f.titleWidth()).Render(q.Title)
	if i > f.at {
		title = f.styles.Muted.Render(title)
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
func (f *form) openLines(q question.Question, width int) (lines []string, cursor int) {
	inner := width - 2
	var parts []string
	if blame := f.problems[q.Key]; blame != "" {
		parts = append(parts, wrap(f.styles.Bad.Render(theme.Bad+" ")+blame, inner), "")
	}
	title := q.Title
	if f.hidden.first != "" {
		title += ", once more"
	}
	parts = append(parts, f.styles.Title.Render(wrap(title, inner)))
	if q.Help != "" {
		parts = append(parts, f.styles.Muted.Render(wrap(q.Help, inner)))
	}
	if f.note != nil {
		if note := f.note(q); note != "" {
			parts = append(parts, "", wrap(note, inner))
		}
	}
	parts = append(parts, "")
	field := strings.TrimRight(f.field.View(), "\n ")
	cursor = lipgloss.Height(strings.Join(parts, "\n")) + pointerLine(field)
	parts = append(parts, field)
	if below := f.footnote(inner); below != "" {
		parts = append(parts, below)
	}
	bar := f.styles.Accent.Render(theme.Bar)
	lines = strings.Split(strings.Join(parts, "\n"), "\n")
	for i, line := range lines {
		lines[i] = bar + " " + line
	}
	return lines, cursor
}

// pointed is the line of a field that the pointer stands at.
func pointerLine(field string) int {
	for i, line := range strings.Split(field, "\n") {
		if strings.HasPrefix(ansi.Strip(line), theme.Pointer) {
			return i
		}
	}
	return 0
}

// below is what stands below the field: what was understood, or the fault.
func (f *form) footnote(width int) string {
	if f.fault != "" {
		return f.styles.Bad.Render(wrap(theme.Bad+" "+f.fault, width))
	}
	if hint := f.hint(f.current()); hint != "" {
		return f.styles.Muted.Render(wrap(hint, width))
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
	case f.sourceCheck.running():
		return "Looking whether it can be read: " + f.responses.DescribeSource(q.Field) + "…"
	case f.text == "" && q.Kind == answers.Secret && f.previousAnswer != "" && f.hidden.first == "":
		return "Enter keeps it; what you type takes its place."
	case f.text == "":
		return ""
	case q.Kind == answers.Secret && q.Confirm && !question.IsVisible(q.Field, f.text):
		return "It is asked twice: it cannot be seen, and a slip could not be corrected later."
	case f.responses.NamesSource(q.Field):
		return "Taken from: " + f.responses.DescribeSource(q.Field) + "."
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
