package wizard

import (
	"fmt"
	"strings"

	"github.com/zenml-installer/zenml-installer/internal/display"
	"github.com/zenml-installer/zenml-installer/wizard/theme"
)

// pane displays the visible part of a long text, and how many lines are hidden
// above and below.
type pane struct {
	styles *theme.Styles
	lines  []string
	offset int
	width  int
	height int
}

// set wraps text to the width and keeps the position.
func (p *pane) set(text string, width, height int) {
	p.width, p.height = max(width, 1), max(height, 1)
	p.lines = strings.Split(display.Wrap(text, p.width), "\n")
	p.scroll(0)
}

func (p *pane) last() int { return max(len(p.lines)-p.height, 0) }

// scroll moves by lines, down if positive.
func (p *pane) scroll(by int) { p.offset = min(max(p.offset+by, 0), p.last()) }

// show scrolls lines from..to into view, preferring from if not all fit.
func (p *pane) show(from, to int) {
	// One line at each end may display the number of hidden lines.
	if to+2 > p.offset+p.height {
		p.offset = to + 2 - p.height
	}
	if from-1 < p.offset {
		p.offset = from - 1
	}
	p.scroll(0)
}

// key scrolls and reports whether it handled the key.
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

// view returns exactly as many lines as the pane is high.
func (p *pane) view() string {
	shown := make([]string, p.height)
	copy(shown, p.lines[p.offset:min(p.offset+p.height, len(p.lines))])
	if above := p.offset; above > 0 {
		shown[0] = p.more(display.GlyphUp, above+1)
	}
	if below := len(p.lines) - p.offset - p.height; below > 0 && p.height > 1 {
		shown[p.height-1] = p.more(display.GlyphDown, below+1)
	}
	return strings.Join(shown, "\n")
}

func (p *pane) more(glyph string, lines int) string {
	return p.styles.Muted.Render(fmt.Sprintf("%s %d more lines", glyph, lines))
}
