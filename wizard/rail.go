package wizard

import (
	"strings"

	"github.com/charmbracelet/lipgloss"

	"github.com/zenml-installer/zenml-installer/wizard/theme"
)

// mark is a step's glyph and style. In the flat rail the glyph stands beside
// the step's name; the state's word is in the tall one.
func (m *model) stepMark(s step) (glyph string, style lipgloss.Style) {
	if s == m.at {
		return theme.Current, m.styles.Accent
	}
	switch m.screens[s].state() {
	case done:
		return theme.Done, m.styles.Good
	case failed:
		return theme.Bad, m.styles.Bad
	case working:
		return theme.Working, m.styles.Plain
	case open:
		return theme.Warning, m.styles.Warn
	}
	return theme.Later, m.styles.Muted
}

// flatRail is the steps in one line. When they do not fit it shows the step
// and its place among them.
func (m *model) flatRail() string {
	var parts []string
	for _, s := range m.steps() {
		glyph, style := m.stepMark(s)
		parts = append(parts, style.Render(glyph+" "+string(s)))
	}
	for _, gap := range []string{"  ", " "} {
		if line := strings.Join(parts, gap); lipgloss.Width(line) <= m.width-2 {
			return line
		}
	}
	for i, s := range m.steps() {
		if s == m.at {
			glyph, style := m.stepMark(s)
			return style.Render(glyph+" "+string(s)) + m.styles.Muted.Render(" "+count(len(m.steps())-i-1, "step")+" to go")
		}
	}
	return ""
}

// tallRail is the steps one below the other, with their states in words where
// these are worth a word.
func (m *model) tallRail() string {
	var lines []string
	for _, s := range m.steps() {
		glyph, style := m.stepMark(s)
		lines = append(lines, style.Render(glyph+" "+string(s)))
		if state := m.screens[s].state(); state != later && state != done && s != m.at {
			lines[len(lines)-1] += m.styles.Muted.Render(" " + string(state))
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
	m.help = &pane{styles: m.styles, offset: offset}
	m.help.set(m.helpText(), m.measure, m.rows)
}

func (m *model) helpText() string {
	title, text := m.screen().about()
	return m.styles.Title.Render(title) + "\n\n" + text
}

// besides is what stands at the right of a very wide window: the screen's own
// choice, or the help of the open question.
func (m *model) sideColumn() string {
	width := asideWidth - 2
	if s, ok := m.screen().(sideScreen); ok {
		return s.sideView(width, m.rows)
	}
	p := pane{styles: m.styles}
	p.set(m.helpText(), width, m.rows)
	return p.view()
}
