package theme

import (
	"io"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"
)

// Look is the set of styles for one terminal, named by what they mean.
type Styles struct {
	Title     lipgloss.Style // the product, a screen, a question
	Plain     lipgloss.Style
	Muted     lipgloss.Style // help, what is not in reach yet
	Accent    lipgloss.Style // where you are
	Good      lipgloss.Style
	Warn      lipgloss.Style
	Bad       lipgloss.Style
	Key       lipgloss.Style // a key that can be pressed
	Selected  lipgloss.Style // the option under the cursor
	Cursor    lipgloss.Style // the text cursor
	CursorOff lipgloss.Style

	ascii bool
}

type palette struct{ accent, good, warn, bad, muted lipgloss.TerminalColor }

// colours have enough contrast on both backgrounds; in 16 colours they become
// the terminal's own.
var colours = palette{
	accent: lipgloss.AdaptiveColor{Light: "#6B2FB3", Dark: "#B794F6"},
	good:   lipgloss.AdaptiveColor{Light: "#1E7B34", Dark: "#68D391"},
	warn:   lipgloss.AdaptiveColor{Light: "#8A5A00", Dark: "#F6C453"},
	bad:    lipgloss.AdaptiveColor{Light: "#B3261E", Dark: "#FC8181"},
	muted:  lipgloss.AdaptiveColor{Light: "#5F6368", Dark: "#9AA0A6"},
}

var colourless = palette{
	accent: lipgloss.NoColor{}, good: lipgloss.NoColor{}, warn: lipgloss.NoColor{},
	bad: lipgloss.NoColor{}, muted: lipgloss.NoColor{},
}

// New returns the look for a terminal.
func New(t Terminal) *Styles {
	r := lipgloss.NewRenderer(io.Discard)
	r.SetColorProfile(termenv.Ascii)
	if t.Styled {
		r.SetColorProfile(t.Profile)
	}
	r.SetHasDarkBackground(t.Dark)
	p := colours
	if t.NoColor {
		p = colourless
	}
	style := r.NewStyle
	return &Styles{
		Title:     style().Bold(true),
		Plain:     style(),
		Muted:     style().Foreground(p.muted).Faint(t.NoColor),
		Accent:    style().Foreground(p.accent).Bold(true),
		Good:      style().Foreground(p.good),
		Warn:      style().Foreground(p.warn),
		Bad:       style().Foreground(p.bad).Bold(true),
		Key:       style().Foreground(p.accent).Bold(true),
		Selected:  style().Foreground(p.accent).Bold(true),
		Cursor:    style().Reverse(true),
		CursorOff: style(),
		ascii:     t.ASCII,
	}
}
