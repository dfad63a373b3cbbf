package narrate

import (
	"github.com/charmbracelet/lipgloss"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/wizard/theme"
)

// Verdict is how the end of a check looks: a glyph, a word and a style.
func CheckStatus(l *theme.Styles, s check.Status) (glyph, word string, style lipgloss.Style) {
	switch s {
	case check.Failed:
		return theme.Bad, "failed", l.Bad
	case check.Warned:
		return theme.Warning, "warned", l.Warn
	case check.Skipped:
		return theme.Skipped, "skip", l.Muted
	}
	return theme.Done, "ok", l.Good
}
