package display

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// asciiFallback replaces glyphs by single characters if possible, so that
// columns stay aligned. Replace before measuring: an ellipsis becomes longer.
var asciiFallback = strings.NewReplacer(
	GlyphDone, "+", GlyphFailed, "x", GlyphSkipped, "-", GlyphCurrent, "*", GlyphPending, "o", GlyphRunning, "~",
	GlyphPointer, ">", GlyphRule, "-", GlyphBar, "|", GlyphUp, "^", GlyphDown, "v", GlyphBullet, "-",
	"←", "<", "→", ">", "“", `"`, "”", `"`, "‘", "'", "’", "'", "…", "...", "•", "*", "×", "x", "—", "-",
	"≥", ">=", "≤", "<=",
)

// ASCII transliterates text for terminals without UTF-8. Characters without a
// fallback become question marks.
func ASCII(text string) string {
	return strings.Map(func(r rune) rune {
		if r > '~' {
			return '?'
		}
		return r
	}, asciiFallback.Replace(text))
}

// Printable removes escape sequences and control characters except line breaks
// and tabs, so that output of servers and containers cannot control the
// terminal.
func Printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7f || r >= 0x80 && r < 0xa0 {
			return -1
		}
		return r
	}, ansi.Strip(text))
}

// noBreak replaces hyphens during wrapping, because a flag or name that is
// broken at its hyphen is misleading.
const noBreak = "\u2011"

// Wrap breaks long lines at spaces, and words that are longer than a line
// anywhere. Escape sequences have no width.
func Wrap(text string, width int) string {
	if width < 1 {
		return ""
	}
	text = strings.NewReplacer("-", noBreak, "\t", "    ").Replace(text)
	lines := strings.Split(strings.ReplaceAll(ansi.Wrap(text, width, ""), noBreak, "-"), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " ")
	}
	return strings.Join(lines, "\n")
}

// WrapSentence breaks a long line at spaces. A command in backquotes and a word that is
// longer than a line stay whole, so that they can be copied. Spaces at the end stay, too:
// the answer to a prompt follows them.
func WrapSentence(text string, width int) string {
	end := text[len(strings.TrimRight(text, " ")):]
	var lines []string
	line := ""
	for _, word := range unquotedFields(text) {
		switch {
		case line == "":
			line = word
		case ansi.StringWidth(line)+1+ansi.StringWidth(word) > width:
			lines = append(lines, line)
			line = word
		default:
			line += " " + word
		}
	}
	return strings.Join(append(lines, line), "\n") + end
}

// unquotedFields splits a text at the spaces outside of backquotes.
func unquotedFields(text string) []string {
	quoted := false
	return strings.FieldsFunc(text, func(r rune) bool {
		if r == '`' {
			quoted = !quoted
		}
		return r == ' ' && !quoted
	})
}

// WrapSentences applies WrapSentence to the lines that are wider than width. Lines that
// begin with a space are commands, which stay whole. A width of zero wraps nothing.
func WrapSentences(text string, width int) string {
	if width < 1 {
		return text
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if !strings.HasPrefix(line, " ") && ansi.StringWidth(line) > width {
			lines[i] = WrapSentence(line, width)
		}
	}
	return strings.Join(lines, "\n")
}

// Truncate shortens a line to width and marks the cut.
func Truncate(line string, width int) string { return ansi.Truncate(line, max(width, 0), "…") }

// Indent wraps text and aligns continuation lines with the start of the first
// line: after its leading spaces, or after its first word if it has none.
func Indent(text string, width int) string {
	lead := len(text) - len(strings.TrimLeft(text, " "))
	if lead == 0 {
		if head, _, found := strings.Cut(text, " "); found {
			lead = ansi.StringWidth(head) + 1
		}
		return Hang(text, lead, width)
	}
	margin := strings.Repeat(" ", lead)
	return margin + strings.ReplaceAll(Wrap(text[lead:], width-lead), "\n", "\n"+margin)
}

// Hang wraps text and indents all lines but the first by a number of columns.
func Hang(text string, by, width int) string {
	first, rest, more := strings.Cut(Wrap(text, width), "\n")
	if !more {
		return first
	}
	margin := strings.Repeat(" ", by)
	rest = Wrap(strings.ReplaceAll(rest, "\n", " "), max(width-by, 1))
	return first + "\n" + margin + strings.ReplaceAll(rest, "\n", "\n"+margin)
}
