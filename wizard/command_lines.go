package wizard

import (
	"regexp"
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

// commandPattern matches a line that is a command.
var commandPattern = regexp.MustCompile(`^(aws|az|gcloud|helm|kubectl|openssl|zenml|zenml-installer|\S+/zenml-installer) `)

// remedy wraps what to do with an indent. Commands stay whole or are broken so that they
// still work: lines that are commands, and those in backquotes that would be broken.
func remedy(text, indent string, width int) string {
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		switch bare := strings.TrimLeft(line, " "); {
		case commandPattern.MatchString(bare):
			lines = append(lines, command(indent+line, width))
			continue
		case bare != line:
			lines = append(lines, display.Indent(indent+line, width))
			continue
		}
		for part := range strings.SplitSeq(display.WrapSentence(line, width-len(indent)), "\n") {
			lines = append(lines, quotedCommand(part, indent, width))
		}
	}
	return strings.Join(lines, "\n")
}

// quotedCommand indents a line of a wrapped sentence. One that is too long is a command in
// backquotes, which is broken where it continues, or a long word.
func quotedCommand(line, indent string, width int) string {
	quoted := strings.HasPrefix(line, "`") && strings.LastIndex(line, "`") > 0
	switch {
	case lipgloss.Width(indent+line) <= width:
		return indent + line
	case !quoted:
		return display.Indent(indent+line, width)
	}
	end := strings.LastIndex(line, "`")
	text := command(indent+"  "+line[1:end], width)
	if rest := line[end+1:]; strings.Trim(rest, ".,;") != "" {
		text += "\n" + display.Indent(indent+rest, width)
	}
	return text
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
