package wizard

import (
	"fmt"
	"slices"
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/display"
)

// stepMark returns a step's glyph and style.
func (m *model) stepMark(s step) (glyph string, style lipgloss.Style) {
	if s == m.at {
		return display.GlyphCurrent, m.styles.Accent
	}
	state := m.screens[s].state()
	if state == later && isQuestions(s) && m.at != stepStart && !isQuestions(m.at) {
		state = done // the defaults answer it
	}
	switch state {
	case done:
		return display.GlyphDone, m.styles.Good
	case failed:
		return display.GlyphFailed, m.styles.Bad
	case working:
		return m.spinner(), m.styles.Plain
	case open, warned:
		return display.GlyphWarning, m.styles.Warn
	}
	return display.GlyphPending, m.styles.Muted
}

func isQuestions(s step) bool { return slices.Contains(answers.Steps, answers.Step(s)) }

// flatRail renders the steps in one line. If they do not fit, it shows the
// current step and how many follow.
func (m *model) flatRail() string {
	for _, name := range []func(step) string{m.fullName, m.shortName} {
		var parts []string
		for _, s := range m.steps() {
			glyph, style := m.stepMark(s)
			parts = append(parts, style.Render(glyph+" "+name(s)))
		}
		for _, gap := range []string{"  ", " "} {
			if line := strings.Join(parts, gap); lipgloss.Width(line) <= m.width-2 {
				return line
			}
		}
	}
	for i, s := range m.steps() {
		if s == m.at {
			glyph, style := m.stepMark(s)
			return style.Render(glyph+" "+m.fullName(s)) + m.styles.Muted.Render(" "+display.Count(len(m.steps())-i-1,
				"step")+" to go")
		}
	}
	return ""
}

// flatStep returns the step, counted from 1, at a column of the flat rail, or 0.
func (m *model) flatStep(column int) int {
	from, line := 0, ansi.Strip(m.flatRail())
	for i, s := range m.steps() {
		glyph, _ := m.stepMark(s)
		label := glyph + " " + m.fullName(s)
		if !strings.Contains(line[from:], label) {
			label = glyph + " " + m.shortName(s)
		}
		at := strings.Index(line[from:], label)
		if at < 0 {
			return 0
		}
		start := from + at
		end := start + len(label)
		if left := lipgloss.Width(line[:start]); column >= left && column < left+lipgloss.Width(line[start:end]) {
			return i + 1
		}
		from = end
	}
	return 0
}

func (m *model) fullName(s step) string {
	if s == stepInstall {
		return m.operation.Verb()
	}
	return string(s)
}

// shortName makes the steps fit in one line of 80 columns.
func (m *model) shortName(s step) string {
	if s == step(answers.StepAdvanced) {
		return "More"
	}
	return m.fullName(s)
}

// tallRail renders one step per line, with its state if informative.
func (m *model) tallRail() string {
	var lines []string
	for _, s := range m.steps() {
		glyph, style := m.stepMark(s)
		lines = append(lines, style.Render(glyph+" "+m.fullName(s)))
		if state := m.screens[s].state(); state != later && state != done && s != m.at {
			lines[len(lines)-1] += m.styles.Muted.Render(" " + string(state))
		}
	}
	return strings.Join(lines, "\n")
}

// openHelp opens the help page of the screen.
func (m *model) openHelp() {
	offset := 0
	if m.help != nil {
		offset = m.help.offset
	}
	m.help = &pane{styles: m.styles, offset: offset}
	m.help.set(m.helpText()+"\n\n"+m.keysText(), m.measure, m.rows)
}

// keysText lists the keys that work on the screen.
func (m *model) keysText() string {
	keys := append(m.screen().keys(), m.stepKeys()...)
	if isQuestions(m.at) {
		keys = append(keys, binding{"ctrl+g", "question of the first failed check"})
	}
	if at, clickable := m.screen().(clickable); clickable && at.wantsMouse() {
		keys = append(keys, binding{"mouse", "click to select, again to choose; shift selects text"})
	}
	keys = append(keys, binding{"ctrl+z", "suspend"}, binding{"ctrl+c", "quit"})
	lines := []string{m.styles.Title.Render("Keys")}
	for _, k := range keys {
		lines = append(lines, m.styles.Key.Render(fmt.Sprintf("%-10s", k.key))+" "+k.does)
	}
	return strings.Join(lines, "\n")
}

func (m *model) helpText() string {
	title, text := m.screen().about()
	if m.reviewed && isQuestions(m.at) {
		text += "\n\nEsc goes back one question; pressed twice, quickly, it goes to the review."
	}
	return m.styles.Title.Render(title) + "\n\n" + text
}

// sideColumn renders the right column of a very wide window: the screen's side
// view, or the help of the open question.
func (m *model) sideColumn() string {
	width := asideWidth - 2
	if s, ok := m.screen().(sideScreen); ok {
		return s.sideView(width, m.rows)
	}
	if m.previews && isQuestions(m.at) {
		return m.previewColumn(width)
	}
	p := pane{styles: m.styles}
	p.set(m.helpText(), width, m.rows)
	return p.view()
}
