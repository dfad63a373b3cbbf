package diagnose

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// wrapWidth is where the server wraps its tracebacks when its output is not a terminal.
const wrapWidth = 80

// Plain returns the server's log without colours and without the boxes that it draws around the frames of a
// traceback. The exception after a box is joined to one line where it was wrapped.
func Plain(lines []string) []string {
	var plain []string
	afterBox, wrapped := false, false
	for _, line := range lines {
		line = ansi.Strip(line)
		if isBox(line) {
			afterBox, wrapped = true, false
			continue
		}
		if wrapped {
			plain[len(plain)-1] += line
		} else {
			plain = append(plain, line)
		}
		wrapped = afterBox && (strings.HasSuffix(line, " ") || utf8.RuneCountInString(line) == wrapWidth)
	}
	return plain
}

func isBox(line string) bool {
	first, _ := utf8.DecodeRuneInString(line)
	return strings.ContainsRune("╭│╰", first) && first != utf8.RuneError
}

// notes follow an exception and do not explain it.
var notes = []string{"(Background on this error at:", "For further information visit", "[SQL: ", "[parameters: "}

// LastLine returns the last line of a log that says something; empty if there is none.
func LastLine(lines []string) string {
	for _, line := range slices.Backward(Plain(lines)) {
		text := strings.TrimSpace(line)
		if text != "" && !slices.ContainsFunc(notes, func(note string) bool { return strings.HasPrefix(text, note) }) {
			return Shorten(text)
		}
	}
	return ""
}
