package check

import (
	"strings"
)

// JoinAnd joins items as in a sentence: "a, b and c".
func JoinAnd(items []string) string {
	if len(items) < 2 {
		return strings.Join(items, "")
	}
	last := len(items) - 1
	return strings.Join(items[:last], ", ") + " and " + items[last]
}

// JoinLines joins two texts with a line break, or returns the one that is not
// empty.
func JoinLines(before, after string) string {
	if before == "" || after == "" {
		return before + after
	}
	return before + "\n" + after
}
