package wizard

import (
	"strings"

	"github.com/charmbracelet/lipgloss"

	"github.com/zenml-installer/zenml-installer/internal/display"
)

// command breaks long lines of a shell command before an argument, with a
// backslash, so that the copied command still works. An argument that is too
// long by itself is truncated and marked.
func command(text string, width int) string {
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		if lipgloss.Width(line) <= width {
			lines = append(lines, line)
			continue
		}
		lines = append(lines, commandLine(line, width)...)
	}
	for i, line := range lines {
		lines[i] = display.Truncate(line, width)
	}
	return strings.Join(lines, "\n")
}

// commandLine breaks one line. A comment at its end is moved in front of it,
// because nothing can follow a comment.
func commandLine(line string, width int) []string {
	words, comment := shellWords(line)
	indent := line[:len(line)-len(strings.TrimLeft(line, " "))]
	var lines []string
	if comment != "" {
		lines = append(lines, indent+comment)
	}
	at := indent
	for i, word := range words {
		switch {
		case i == 0:
			at += word
		case word == "\\" || lipgloss.Width(at+" "+word+" \\") <= width:
			at += " " + word
		default:
			lines = append(lines, at+" \\")
			at = indent + "    " + word
		}
	}
	return append(lines, at)
}

// shellWords splits a line at the spaces between arguments, which are outside
// of quotes, $(…) and <(…). The parentheses of a subshell may be on other lines
// and are ignored. A comment is returned separately.
func shellWords(line string) (words []string, comment string) {
	var word strings.Builder
	quote, depth := rune(0), 0
	for i, r := range line {
		switch {
		case quote != 0:
			if r == quote {
				quote = 0
			}
		case r == '\'' || r == '"':
			quote = r
		case r == '(' && strings.HasSuffix(word.String(), "$"), r == '(' && strings.HasSuffix(word.String(), "<"):
			depth++
		case r == '(' && depth > 0:
			depth++
		case r == ')' && depth > 0:
			depth--
		case r == '#' && depth == 0 && word.Len() == 0:
			return words, line[i:]
		case r == ' ' && depth == 0:
			if word.Len() > 0 {
				words = append(words, word.String())
				word.Reset()
			}
			continue
		}
		word.WriteRune(r)
	}
	if word.Len() > 0 {
		words = append(words, word.String())
	}
	return words, ""
}

// yamlLines keeps each line of a YAML file on one line and truncates what is
// too long. Only comments are wrapped.
func yamlLines(text string, width int) string {
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		comment := strings.TrimLeft(line, " ")
		if !strings.HasPrefix(comment, "# ") || lipgloss.Width(line) <= width {
			lines = append(lines, display.Truncate(line, width))
			continue
		}
		lead := line[:len(line)-len(comment)] + "# "
		for part := range strings.SplitSeq(display.Wrap(comment[2:], max(width-len(lead), 1)), "\n") {
			lines = append(lines, lead+part)
		}
	}
	return strings.Join(lines, "\n")
}
