package narrate

import (
	"github.com/charmbracelet/lipgloss"

	"github.com/zenml-installer/zenml-installer/checks"
	"github.com/zenml-installer/zenml-installer/wizard/look"
)

// Verdict is how the end of a check looks: a glyph, a word and a style.
func Verdict(l *look.Look, s checks.Status) (glyph, word string, style lipgloss.Style) {
	switch s {
	case checks.Failed:
		return look.Bad, "failed", l.Bad
	case checks.Warned:
		return look.Warning, "warned", l.Warn
	case checks.Skipped:
		return look.Skipped, "skip", l.Muted
	}
	return look.Done, "ok", l.Good
}
