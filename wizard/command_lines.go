package wizard

import (
	"strings"

	"github.com/charmbracelet/lipgloss"
)

// command breaks the lines of a shell command that are too long before an
// argument, with a backslash, so that it still does the same when it is
// copied. An argument that is too long by itself is cut, with a mark.
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
		lines[i] = cut(line, width)
	}
	return strings.Join(lines, "\n")
}

// commandLine breaks one line. A comment at its end goes before it: nothing
// can go on after one.
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

// shellWords takes a line apart at the spaces that separate arguments: those
// that stand in no quotes, $(…) or <(…). The parentheses around a shell of its
// own may be on other lines, and do not count. A comment is returned by itself.
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

// yamlLines keeps every line of a YAML file on one line: what is too long is
// cut, with a mark. Only comments are broken, at spaces.
func yamlLines(text string, width int) string {
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		comment := strings.TrimLeft(line, " ")
		if !strings.HasPrefix(comment, "# ") || lipgloss.Width(line) <= width {
			lines = append(lines, cut(line, width))
			continue
		}
		lead := line[:len(line)-len(comment)] + "# "
		for part := range strings.SplitSeq(wrap(comment[2:], max(width-len(lead), 1)), "\n") {
			lines = append(lines, lead+part)
		}
	}
	return strings.Join(lines, "\n")
}

// fitsIn tells whether no line is longer than width.
func fits(text string, width int) bool { return lipgloss.Width(text) <= width }
