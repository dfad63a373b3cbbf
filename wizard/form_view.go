package wizard

import (
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/display"
	"github.com/zenml-installer/zenml-installer/wizard/question"
)

func (f *form) view(width, height int) string {
	if len(f.questions) == 0 || f.field == nil {
		return ""
	}
	line := f.stepChecksLine(width)
	if line == "" || height < 2*minRows {
		return f.questionsView(width, height)
	}
	return f.questionsView(width, height-2) + "\n\n" + line
}

// questionsView renders the questions in exactly as many lines as height.
func (f *form) questionsView(width, height int) string {
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
		f.fieldAt += from
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

// focus is what decides which lines must be visible.
type focus struct {
	question, width, height, cursor int
	text, fault                     string
}

// cursorHeight returns the number of lines at the cursor: an option with its
// help, or an input with its footnote.
func (f *form) cursorHeight() int {
	if !f.isChoosing() {
		return 1 + lipgloss.Height(f.footnote(f.measure-2))
	}
	for _, o := range f.shownChoices(f.current()) {
		if o.Value == f.text {
			return lipgloss.Height(f.label(o))
		}
	}
	return 1
}

// closedLine renders a closed question in one line.
func (f *form) closedLine(q question.Question, i, width int) string {
	glyph, answer := f.styles.Muted.Render(display.GlyphBullet), ""
	if strings.HasPrefix(q.Key, "@") {
		return f.styles.Muted.Render(display.GlyphBullet + " " + q.Title)
	}
	text, isDefault := f.responses.Display(q)
	_, bad := f.responses.Fault(q.Key)
	switch {
	case i > f.at:
		answer = f.styles.Muted.Render(f.responses.Ahead(q))
	case f.problems[q.Key] != "":
		glyph, answer = f.styles.Bad.Render(display.GlyphFailed), text
	case bad:
		glyph, answer = f.styles.Bad.Render(display.GlyphFailed), f.styles.Bad.Render("answer needed")
	default:
		glyph, answer = f.styles.Good.Render(display.GlyphDone), text
		if isDefault && text != "" {
			answer += f.styles.Muted.Render(" (default)")
		}
	}
	title := lipgloss.NewStyle().Width(f.titleWidth()).Render(q.Title)
	if i > f.at {
		title = f.styles.Muted.Render(title)
	}
	return display.Truncate(glyph+" "+title+"  "+answer, width)
}

// titleWidth aligns the answers.
func (f *form) titleWidth() int {
	widest := 0
	for _, q := range f.questions {
		if !strings.HasPrefix(q.Key, "@") {
			widest = max(widest, lipgloss.Width(q.Title))
		}
	}
	return widest
}

// openLines renders the open question and returns the line of the cursor.
func (f *form) openLines(q question.Question, width int) (lines []string, cursor int) {
	inner := width - 2
	var parts []string
	if blame := f.problems[q.Key]; blame != "" {
		parts = append(parts, display.Wrap(f.styles.Bad.Render(display.GlyphFailed+" ")+blame, inner), "")
	}
	title := q.Title
	if f.hidden.first != "" {
		title += " (again)"
	}
	parts = append(parts, f.styles.Title.Render(display.Wrap(title, inner)))
	if q.Help != "" {
		parts = append(parts, f.styles.Muted.Render(display.Wrap(q.Help, inner)))
	}
	if f.note != nil {
		if note := f.note(q); note != "" {
			parts = append(parts, "", display.Wrap(note, inner))
		}
	}
	if f.isChoosing() && (len(q.Choices) >= longList || f.filter != "") {
		parts = append(parts, f.styles.Muted.Render(f.filterHint()))
	}
	parts = append(parts, "")
	field := strings.TrimRight(f.field.View(), "\n ")
	f.fieldAt = lipgloss.Height(strings.Join(parts, "\n"))
	cursor = f.fieldAt + pointerLine(field)
	parts = append(parts, field)
	if below := f.footnote(inner); below != "" {
		parts = append(parts, below)
	}
	bar := f.styles.Accent.Render(display.GlyphBar)
	lines = strings.Split(strings.Join(parts, "\n"), "\n")
	for i, line := range lines {
		lines[i] = bar + " " + line
	}
	return lines, cursor
}

// pointerLine returns the line of a field with the pointer.
func pointerLine(field string) int {
	for i, line := range strings.Split(field, "\n") {
		if strings.HasPrefix(ansi.Strip(line), display.GlyphPointer) {
			return i
		}
	}
	return 0
}

// footnote returns the text below the field: the fault, or a hint.
func (f *form) footnote(width int) string {
	if f.fault != "" {
		return f.styles.Bad.Render(display.Wrap(display.GlyphFailed+" "+f.fault, width))
	}
	if hint := strings.TrimSpace(f.cleaned + " " + f.hint(f.current())); hint != "" {
		return f.styles.Muted.Render(display.Wrap(hint, width))
	}
	return ""
}

// filterHint says how a long list is searched, or what for.
func (f *form) filterHint() string {
	if f.filter == "" {
		return display.Count(len(f.current().Choices), "choice") + ". Type to search."
	}
	return "/ " + f.filter
}

// hint explains how the input is interpreted.
func (f *form) hint(q question.Question) string {
	if f.filledAt == q.Key {
		return "Taken from the URL, as were the other parts that it has. Enter goes on after them. " + f.unused
	}
	sourced := q.Kind == answers.Secret || q.Kind == answers.Content
	if !sourced || f.fault != "" {
		return ""
	}
	switch {
	case f.sourceCheck.running():
		return "Checking that it can be read: " + f.responses.DescribeSource(q.Field) + "…"
	case f.text == "" && f.keepsHidden && f.previousAnswer != "" && f.hidden.first == "":
		return "Press enter to keep it, or type a new one."
	case f.text == "":
		return ""
	case f.responses.PastedDocument(q.Field) != "":
		return "Pasted: " + f.responses.PastedDocument(q.Field) + "."
	case q.Kind == answers.Secret && q.Confirm && !question.IsVisible(q.Field, f.text):
		return "You will be asked to type it again."
	case f.responses.NamesSource(q.Field):
		return "Read from " + f.responses.DescribeSource(q.Field) + "."
	case q.Kind == answers.Secret:
		return "Stored in a Kubernetes Secret, not on this machine."
	}
	return ""
}
