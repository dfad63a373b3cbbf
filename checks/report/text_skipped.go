package report

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/zenml-installer/zenml-installer/checks/check"
)

// textColumns is the width at which the line of several skipped checks wraps.
const textColumns = 100

// countSkippedAlike counts the first results that belong to one group and were
// skipped for the same reason.
func countSkippedAlike(results []check.Result) int {
	n := 0
	for n < len(results) && results[n].Status == check.Skipped &&
		results[n].Check.Group() == results[0].Check.Group() && results[n].Message == results[0].Message {
		n++
	}
	return n
}

// writeSkipped writes checks that were skipped for the same reason: all their names,
// with the group once, and the reason.
func writeSkipped(w io.Writer, results []check.Result, s Style) {
	plain := fmt.Sprintf("  %s  ", Style{Unicode: s.Unicode}.mark(check.Skipped))
	room := textColumns - utf8.RuneCountInString(plain)
	indent := strings.Repeat(" ", utf8.RuneCountInString(plain))

	names := wrap(namesOf(results), room)
	reason := "not checked: " + s.text(results[0].Message)
	last := len(names) - 1
	if utf8.RuneCountInString(names[last])+2+utf8.RuneCountInString(reason) <= room {
		names[last] += "  " + s.faint(reason)
	} else {
		for _, l := range wrap(strings.Fields(reason), room) {
			names = append(names, s.faint(l))
		}
	}
	line(w, "  "+s.mark(check.Skipped)+"  "+names[0])
	for _, l := range names[1:] {
		line(w, indent+l)
	}
}

// namesOf returns the words "group.a," ".b," ".c" "(3)".
func namesOf(results []check.Result) []string {
	var words []string
	for i, r := range results {
		name := r.Check.ID
		if i > 0 {
			name = strings.TrimPrefix(name, r.Check.Group())
		}
		if i < len(results)-1 {
			name += ","
		}
		words = append(words, name)
	}
	return append(words, fmt.Sprintf("(%d)", len(results)))
}

// wrap joins words into lines of at most width characters; a longer word gets its own
// line.
func wrap(words []string, width int) []string {
	var lines []string
	for _, word := range words {
		last := len(lines) - 1
		if last >= 0 && utf8.RuneCountInString(lines[last])+1+utf8.RuneCountInString(word) <= width {
			lines[last] += " " + word
			continue
		}
		lines = append(lines, word)
	}
	return lines
}
