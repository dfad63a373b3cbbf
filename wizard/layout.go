package wizard

import (
	"strings"

	"github.com/charmbracelet/lipgloss"

	"github.com/zenml-installer/zenml-installer/internal/display"
)

// state is the state of a step in the rail.
type state string

const (
	later   state = "later"
	open    state = "open" // started, answers are missing
	working state = "running"
	done    state = "done"
	warned  state = "warned"
	failed  state = "failed"
)

// Sizes that decide the layout, in columns and rows.
const (
	railMinWidth  = 100 // the rail is a column from this width
	railWidth     = 18
	asideMinWidth = 130 // the help is in a separate column from this width
	asideWidth    = 44
	textWidth     = 100 // the longest line of text
	minRows       = 8   // nothing can be drawn below this height
)

// layout divides the window.
type layout struct {
	rail, aside       bool
	previews          bool // the values are in the side column
	columns, measure  int  // of the body, and of the text in it
	rows              int  // of the body
	headRows, keyRows int
}

func (m *model) resize(width, height int) {
	m.width, m.height = max(width, 1), max(height, 1)
	m.updateLayout()
}

// updateLayout divides the window and notifies the screen.
func (m *model) updateLayout() {
	m.layout = layout{rail: m.width >= railMinWidth, aside: m.width >= asideMinWidth,
		previews: m.width >= previewMinWidth, keyRows: 2, headRows: 3}
	m.columns = m.width - 2
	if m.rail {
		m.columns -= railWidth + 2
		m.headRows = 2
	}
	if m.aside {
		m.columns -= asideWidth + 3
	}
	m.measure = max(min(m.columns-1, textWidth), 1)
	m.rows = max(m.height-m.headRows-m.keyRows, 1)
	if s, ok := m.screen().(resizable); ok {
		s.resize()
	}
	if m.help != nil {
		m.openHelp()
	}
}

// View renders the window. It is exactly as high as the window and never wider.
func (m *model) View() string {
	if m.quitting {
		return ""
	}
	if m.height < minRows || m.width < 30 {
		return m.styles.Text(clip("The window is too small. Resize it to at least 80 by 24.", m.width, m.height))
	}
	rows := append(m.header(), m.body()...)
	rows = append(rows, m.footer()...)
	for i, row := range rows {
		drawn := lipgloss.NewStyle().MaxWidth(m.width).Render(display.Styled(m.styles.Text(row)))
		rows[i] = m.hyperlinks(drawn)
	}
	return strings.Join(rows[:min(len(rows), m.height)], "\n")
}

func (m *model) header() []string {
	title := m.styles.Title.Render("ZenML installer")
	if name := m.confirmedCluster(); name != "" {
		gap := m.width - 2 - lipgloss.Width(title) - lipgloss.Width(name)
		title += strings.Repeat(" ", max(gap, 2)) + m.styles.Muted.Render(name)
	}
	rows := []string{" " + title}
	if !m.rail {
		rows = append(rows, " "+m.flatRail())
	}
	return append(rows, m.styles.Muted.Render(strings.Repeat(display.GlyphRule, m.width)))
}

// confirmedCluster renders the confirmed target, which is always visible.
func (m *model) confirmedCluster() string {
	if !m.isConfirmed() {
		return ""
	}
	return m.confirmed.Context + " / " + m.confirmed.Namespace
}

func (m *model) footer() []string {
	rule := m.styles.Muted.Render(strings.Repeat(display.GlyphRule, m.width))
	line := ""
	for _, k := range m.footerKeys() {
		entry := m.styles.Key.Render(k.key) + " " + m.styles.Muted.Render(k.does)
		if lipgloss.Width(line)+lipgloss.Width(entry)+3 > m.width {
			break
		}
		line += "  " + entry
	}
	return []string{rule, strings.TrimPrefix(line, " ")}
}

func (m *model) footerKeys() []binding {
	switch {
	case m.help != nil:
		return []binding{{"↑↓", "scroll"}, {"any other key", "close"}}
	case m.dialog != nil:
		return []binding{{"↑↓", "choose"}, {"enter", "select"}, {"esc", m.dialog.safeOption().label}}
	}
	word := "quit"
	if m.screen().state() == working && m.at == stepInstall {
		word = "stop"
	}
	return append(append(m.screen().keys(), binding{"ctrl+c", word}), m.stepKeys()...)
}

// body renders the rail, the screen and the side column.
func (m *model) body() []string {
	var content string
	switch {
	case m.help != nil:
		content = m.help.view()
	case m.dialog != nil:
		content = m.dialogView(m.measure, m.rows)
	default:
		content = m.screen().view(m.measure, m.rows)
	}
	parts := []string{m.column(content, m.columns+1, m.rows)}
	if m.rail {
		bar := strings.TrimSuffix(strings.Repeat(m.styles.Muted.Render(display.GlyphBar)+" \n", m.rows), "\n")
		parts = append([]string{m.column(m.tallRail(), railWidth, m.rows), bar}, parts...)
	}
	if m.aside {
		bar := strings.TrimSuffix(strings.Repeat(m.styles.Muted.Render(display.GlyphBar)+" \n", m.rows), "\n")
		parts = append(parts, bar, m.column(m.sideColumn(), asideWidth, m.rows))
	}
	return strings.Split(lipgloss.JoinHorizontal(lipgloss.Top, parts...), "\n")
}

// column indents content by one and pads it to a fixed size.
func (m *model) column(content string, width, height int) string {
	lines := strings.Split(m.styles.Text(content), "\n")
	lines = append(lines, make([]string, max(height-len(lines), 0))...)[:height]
	for i, line := range lines {
		line = lipgloss.NewStyle().MaxWidth(width - 1).Render(line)
		lines[i] = " " + line + strings.Repeat(" ", max(width-1-lipgloss.Width(line), 0))
	}
	return strings.Join(lines, "\n")
}

func clip(text string, width, height int) string {
	lines := strings.Split(display.Wrap(text, width), "\n")
	return strings.Join(lines[:min(len(lines), height)], "\n")
}
