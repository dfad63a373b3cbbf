package report

import (
	"strings"

	"github.com/zenml-installer/zenml-installer/checks/check"
)

// Style is what the output can show. The zero value is for pipes and files: no
// colours and only ASCII.
type Style struct {
	Color   bool
	Unicode bool
}

// mark is the symbol of a status; in ASCII, a word of four letters.
func (s Style) mark(status check.Status) string {
	sign := map[check.Status][2]string{
		check.Pass: {"✓", "pass"}, check.Failed: {"✗", "FAIL"},
		check.Warned: {"!", "WARN"}, check.Skipped: {"–", "skip"},
	}[status]
	if s.Unicode {
		return s.paint(status, sign[0])
	}
	return s.paint(status, sign[1])
}

// paint colours text by status, with the 16 colours of every terminal.
func (s Style) paint(status check.Status, text string) string {
	codes := map[check.Status]string{check.Pass: "32", check.Failed: "31", check.Warned: "33", check.Skipped: "90"}
	return s.escape(codes[status], text)
}

func (s Style) bold(text string) string { return s.escape("1", text) }

func (s Style) faint(text string) string { return s.escape("2", text) }

func (s Style) escape(code, text string) string {
	if !s.Color || code == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

var ascii = strings.NewReplacer(
	"“", `"`, "”", `"`, "‘", "'", "’", "'", "–", "-", "—", "-",
	"…", "...", "•", "*", "×", "x", "→", "->", "≥", ">=", "≤", "<=",
)

// text converts a message to what the output can show.
func (s Style) text(message string) string {
	message = check.Printable(message)
	if s.Unicode {
		return message
	}
	return strings.Map(func(r rune) rune {
		if r > '~' {
			return '?'
		}
		return r
	}, ascii.Replace(message))
}
