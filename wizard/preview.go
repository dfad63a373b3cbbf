package wizard

import (
	"context"
	"reflect"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/display"
)

// previewMinWidth is from how many columns on the values are beside the questions.
const previewMinWidth = 140

// preview is the values file that the answers give so far, beside the questions.
type preview struct {
	task     *task
	answered answers.Answers // that text shows, or will show
	text     string          // with secrets masked
	changed  map[int]bool    // the lines that the last answer changed
}

type previewMsg struct{ text string }

// refreshPreview builds the values of the current answers, if they are shown.
func (f *form) refreshPreview() tea.Cmd {
	a := f.responses.Answers()
	if !f.previews || f.preview.text != "" && reflect.DeepEqual(f.preview.answered, a) {
		return nil
	}
	f.preview.task.drop()
	f.preview.answered = a
	task, cmd := f.begin(f, func(ctx context.Context, _ func(tea.Msg)) tea.Msg {
		text, _ := f.engine.PreviewValues(ctx, a) // what is missing or wrong is said at its question
		return previewMsg{text}
	})
	f.preview.task = task
	return cmd
}

// take shows new values without the comment above them, and marks the lines that
// were not there before.
func (p *preview) take(text string) {
	text = withoutHeader(text)
	if text == "" {
		return
	}
	before := strings.Split(p.text, "\n")
	p.changed = map[int]bool{}
	for i, line := range strings.Split(text, "\n") {
		if at := slices.Index(before, line); at >= 0 {
			before = slices.Delete(before, at, at+1)
		} else if p.text != "" {
			p.changed[i] = true
		}
	}
	p.text = text
}

// withoutHeader removes the lines of comments that a file begins with.
func withoutHeader(text string) string {
	for strings.HasPrefix(text, "#") || strings.HasPrefix(text, "\n") {
		_, text, _ = strings.Cut(text, "\n")
	}
	return text
}

// previewView renders the values with the marks, scrolled to the first of them.
func (s *session) previewView(width, height int) string {
	if s.preview.text == "" {
		return s.styles.Muted.Render(display.Wrap("Your answers appear here as chart values.", width))
	}
	var lines []string
	first := -1
	for i, line := range strings.Split(s.preview.text, "\n") {
		mark := "  "
		if s.preview.changed[i] {
			mark = "+ "
			if first < 0 {
				first = len(lines)
			}
		}
		for _, part := range strings.Split(yamlLines(line, width-len(mark)), "\n") {
			if s.preview.changed[i] {
				part = s.styles.Good.Render(mark + part)
			} else {
				part = s.styles.Muted.Render(mark + part)
			}
			lines = append(lines, part)
		}
	}
	p := pane{styles: s.styles}
	p.set(strings.Join(lines, "\n"), width, height)
	if first >= 0 {
		p.show(first, min(first+height/2, len(lines)))
	}
	return p.view()
}

// previewColumn renders the help of the open question above the values.
func (m *model) previewColumn(width int) string {
	help := pane{styles: m.styles}
	help.set(m.helpText(), width, max(m.rows/3, 1))
	height := min(len(help.lines), help.height)
	help.set(m.helpText(), width, height)
	title := m.styles.Title.Render(m.options.ValuesPath)
	return help.view() + "\n\n" + title + "\n" + m.previewView(width, max(m.rows-height-2, 1))
}
