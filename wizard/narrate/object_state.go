package narrate

import (
	"fmt"
	"strings"
	"time"

	"github.com/charmbracelet/lipgloss"

	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/wizard/theme"
)

// State is how the state of an object looks: a glyph, a word and a style.
func ObjectState(l *theme.Styles, s event.State) (glyph, word string, style lipgloss.Style) {
	switch s {
	case event.Ready:
		return theme.Done, "ready", l.Good
	case event.Failed:
		return theme.Bad, "failed", l.Bad
	case event.Waiting:
		return theme.Later, "waiting", l.Warn
	}
	return theme.Working, "working", l.Accent
}

// Story is what there is to say about an object beside its state.
func Detail(o event.ObjectChanged) string {
	switch {
	case o.Message == "":
		return o.Reason
	case o.Reason == "" || strings.Contains(o.Message, o.Reason):
		return o.Message
	}
	return o.Reason + ": " + o.Message
}

// Took says a duration as people read it: "0.4s", "12s", "3m05s", "1h02m".
func Took(d time.Duration) string {
	switch d = max(d, 0); {
	case d < 10*time.Second:
		return fmt.Sprintf("%.1fs", d.Seconds())
	case d < time.Minute:
		return fmt.Sprintf("%ds", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%dm%02ds", int(d.Minutes()), int(d.Seconds())%60)
	}
	return fmt.Sprintf("%dh%02dm", int(d.Hours()), int(d.Minutes())%60)
}
