package check

import (
	"strings"
)

// JoinAnd joins items as people write them: "a, b and c".
func JoinAnd(items []string) string {
	if len(items) < 2 {
		return strings.Join(items, "")
	}
	last := len(items) - 1
	return strings.Join(items[:last], ", ") + " and " + items[last]
}

// JoinLines puts a text on a line of its own after another.
func JoinLines(before, after string) string {
	if before == "" || after == "" {
		return before + after
	}
	return before + "\n" + after
}

// Printable leaves out control characters: what a server says must not steer
// a terminal.
func Printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7f || r >= 0x80 && r < 0xa0 {
			return -1
		}
		return r
	}, text)
}
