package wizard

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/lipgloss"

	"github.com/zenml-installer/zenml-installer/wizard/theme"
)

// pane shows as many lines of a longer text as fit, and says how many more
// there are above and below.
type pane struct {
	styles *theme.Styles
	lines  []string
	offset int
	width  int
	height int
}

// set wraps text to the width and keeps the place.
func (p *pane) set(text string, width, height int) {
	p.width, p.height = max(width, 1), max(height, 1)
	p.lines = strings.Split(wrap(text, p.width), "\n")
	p.scroll(0)
}

// noBreak stands for a hyphen while lines are broken: they end at spaces alone,
// because a flag or a name that is broken at a hyphen is another one.
const noBreak = "\u2011"

// wrap breaks long lines; words longer than a line are broken too.
func wrap(text string, width int) string {
	if width < 1 {
		return ""
	}
	text = lipgloss.NewStyle().Width(width).Render(strings.ReplaceAll(text, "-", noBreak))
	lines := strings.Split(strings.ReplaceAll(text, noBreak, "-"), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " ")
	}
	return strings.Join(lines, "\n")
}

func (p *pane) last() int { return max(len(p.lines)-p.height, 0) }

// scroll moves by lines, down when positive.
func (p *pane) scroll(by int) { p.offset = min(max(p.offset+by, 0), p.last()) }

// show brings the lines from..to into view; from wins when not all fit.
func (p *pane) show(from, to int) {
	// One line at each end may be taken by the note about what is hidden.
	if to+2 > p.offset+p.height {
		p.offset = to + 2 - p.height
	}
	if from-1 < p.offset {
		p.offset = from - 1
	}
	p.scroll(0)
}

// key scrolls and tells whether the key was one for that.
func (p *pane) key(name string) bool {
	switch name {
	case "up", "k":
		p.scroll(-1)
	case "down", "j":
		p.scroll(1)
	case "pgup", "ctrl+b":
		p.scroll(1 - p.height)
	case "pgdown", " ", "ctrl+f":
		p.scroll(p.height - 1)
	case "home":
		p.offset = 0
	case "end":
		p.offset = p.last()
	default:
		return false
	}
	return true
}

// view is exactly as many lines as the pane is high.
func (p *pane) view() string {
	shown := make([]string, p.height)
	copy(shown, p.lines[p.offset:min(p.offset+p.height, len(p.lines))])
	if above := p.offset; above > 0 {
		shown[0] = p.more(theme.Up, above+1)
	}
	if below := len(p.lines) - p.offset - p.height; below > 0 && p.height > 1 {
		shown[p.height-1] = p.more(theme.Down, below+1)
	}
	return strings.Join(shown, "\n")
}

func (p *pane) more(glyph string, lines int) string {
	return p.styles.Muted.Render(fmt.Sprintf("%s %d more lines", glyph, lines))
}
