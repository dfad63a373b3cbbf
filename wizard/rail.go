package wizard

import (
	"strings"

	"github.com/charmbracelet/lipgloss"

	"github.com/zenml-installer/zenml-installer/wizard/theme"
)

// mark is a step's glyph and style. In the flat rail the glyph stands beside
// the step's name; the state's word is in the tall one.
func (m *model) mark(s step) (glyph string, style lipgloss.Style) {
	if s == m.at {
		return theme.Current, m.look.Accent
	}
	switch m.screens[s].state() {
	case done:
		return theme.Done, m.look.Good
	case failed:
		return theme.Bad, m.look.Bad
	case working:
		return theme.Working, m.look.Plain
	case open:
		return theme.Warning, m.look.Warn
	}
	return theme.Later, m.look.Muted
}

// flatRail is the steps in one line. When they do not fit it shows the step
// and its place among them.
func (m *model) flatRail() string {
	var parts []string
	for _, s := range m.steps() {
		glyph, style := m.mark(s)
		parts = append(parts, style.Render(glyph+" "+string(s)))
	}
	for _, gap := range []string{"  ", " "} {
		if line := strings.Join(parts, gap); lipgloss.Width(line) <= m.width-2 {
			return line
		}
	}
	for i, s := range m.steps() {
		if s == m.at {
			glyph, style := m.mark(s)
			return style.Render(glyph+" "+string(s)) + m.look.Muted.Render(" "+count(len(m.steps())-i-1, "step")+" to go")
		}
	}
	return ""
}

// tallRail is the steps one below the other, with their states in words where
// these are worth a word.
func (m *model) tallRail() string {
	var lines []string
	for _, s := range m.steps() {
		glyph, style := m.mark(s)
		lines = append(lines, style.Render(glyph+" "+string(s)))
		if state := m.screens[s].state(); state != later && state != done && s != m.at {
			lines[len(lines)-1] += m.look.Muted.Render(" " + string(state))
		}
	}
	return strings.Join(lines, "\n")
}

// openHelp opens the page of the screen.
func (m *model) openHelp() {
	offset := 0
	if m.help != nil {
		offset = m.help.offset
	}
	m.help = &pane{look: m.look, offset: offset}
	m.help.set(m.page(), m.measure, m.rows)
}

func (m *model) page() string {
	title, text := m.screen().about()
	return m.look.Title.Render(title) + "\n\n" + text
}

// besides is what stands at the right of a very wide window: the screen's own
// choice, or the help of the open question.
func (m *model) besides() string {
	width := asideWidth - 2
	if b, ok := m.screen().(interface {
		beside(width, height int) string
	}); ok {
		return b.beside(width, m.rows)
	}
	p := pane{look: m.look}
	p.set(m.page(), width, m.rows)
	return p.view()
}
