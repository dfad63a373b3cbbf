package wizard

import (
	"slices"
	"strconv"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
)

// list is a list of actions with a cursor.
type list struct {
	*session
	options []option
	at      int
	moved   bool // by the user
}

// set replaces the actions. The cursor stays on the action that the user
// selected, otherwise it moves to the first.
func (l *list) set(options ...option) {
	key := ""
	if l.moved && l.at < len(l.options) {
		key = l.options[l.at].key
	}
	l.options, l.at = options, 0
	for i, o := range options {
		if o.key == key {
			l.at = i
		}
	}
}

// suggest moves the cursor to the first of the keys that has an action, unless the
// user moved it.
func (l *list) suggest(keys ...string) {
	for _, key := range keys {
		at := slices.IndexFunc(l.options, func(o option) bool { return o.key == key })
		if at >= 0 && !l.moved {
			l.at = at
			return
		}
	}
}

// keyOrDigit handles a key; a digit chooses an action by its position.
func (l *list) keyOrDigit(name string) (move, tea.Cmd) {
	if n, err := strconv.Atoi(name); err == nil && n >= 1 && n <= len(l.options) {
		return l.options[n-1].run()
	}
	return l.key(name)
}

func (l *list) key(name string) (move, tea.Cmd) {
	if len(l.options) == 0 {
		return move{}, nil
	}
	switch name {
	case "up", "left", "shift+tab":
		l.at, l.moved = (l.at+len(l.options)-1)%len(l.options), true
	case "down", "right", "tab":
		l.at, l.moved = (l.at+1)%len(l.options), true
	case "enter":
		return l.options[l.at].run()
	default:
		for _, o := range l.options {
			if o.key == name {
				return o.run()
			}
		}
	}
	return move{}, nil
}

// span returns the lines of the chosen action in the view.
func (l *list) span(width int) (from, to int) {
	for i, o := range l.options {
		height := lipgloss.Height(l.optionLine(o, false, width))
		if i == l.at {
			return from, from + height
		}
		from += height
	}
	return from, from
}

// view renders one action per line.
func (l *list) view(width int) string {
	lines := make([]string, len(l.options))
	for i, o := range l.options {
		lines[i] = l.optionLine(o, i == l.at, width)
	}
	return strings.Join(lines, "\n")
}

// flat renders the actions side by side, in as few lines as possible.
func (l *list) flat(width int) string {
	lines := []string{""}
	for i, at := range l.places(width) {
		if at.line == len(lines) {
			lines = append(lines, "")
		}
		last := &lines[len(lines)-1]
		*last += strings.Repeat(" ", at.from-lipgloss.Width(*last)) + l.optionLine(l.options[i], i == l.at, width)
	}
	return strings.Join(lines, "\n")
}

// place is where an action is among those side by side: a line, and columns.
type place struct{ line, from, to int }

// places returns where the actions are.
func (l *list) places(width int) []place {
	var places []place
	line, column := 0, 0
	for _, o := range l.options {
		wide := lipgloss.Width(l.optionLine(o, false, width))
		if column > 0 && column+2+wide > width {
			line, column = line+1, 0
		}
		if column > 0 {
			column += 2
		}
		places = append(places, place{line, column, column + wide})
		column += wide
	}
	return places
}

// clickFlat selects the action at a place, if they are side by side.
func (l *list) clickFlat(column, line, width int) (move, tea.Cmd) {
	return l.click(slices.IndexFunc(l.places(width), func(p place) bool {
		return p.line == line && column >= p.from && column < p.to
	}))
}

// clickLine selects the action in a line, if there is one per line.
func (l *list) clickLine(line, width int) (move, tea.Cmd) {
	for i, o := range l.options {
		height := lipgloss.Height(l.optionLine(o, false, width))
		if line >= 0 && line < height {
			return l.click(i)
		}
		line -= height
	}
	return move{}, nil
}

// click selects an action, and runs the one that is selected already.
func (l *list) click(at int) (move, tea.Cmd) {
	switch {
	case at < 0:
		return move{}, nil
	case at == l.at:
		return l.options[at].run()
	}
	l.at, l.moved = at, true
	return move{}, nil
}
