package narrate

import (
	"github.com/charmbracelet/lipgloss"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/wizard/look"
)

// Verdict is how the end of a check looks: a glyph, a word and a style.
func Verdict(l *look.Look, s check.Status) (glyph, word string, style lipgloss.Style) {
	switch s {
	case check.Failed:
		return look.Bad, "failed", l.Bad
	case check.Warned:
		return look.Warning, "warned", l.Warn
	case check.Skipped:
		return look.Skipped, "skip", l.Muted
	}
	return look.Done, "ok", l.Good
}
