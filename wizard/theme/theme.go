package theme

import (
	"io"
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"

	"github.com/zenml-installer/zenml-installer/internal/display"
)

// Styles are the styles for one terminal, named by meaning.
type Styles struct {
	Title     lipgloss.Style // the product, a screen, a question
	Plain     lipgloss.Style
	Muted     lipgloss.Style // help, unreachable steps
	Accent    lipgloss.Style // the current position
	Good      lipgloss.Style
	Warn      lipgloss.Style
	Bad       lipgloss.Style
	Key       lipgloss.Style // a key
	Selected  lipgloss.Style // the selected option
	Cursor    lipgloss.Style // the text cursor
	CursorOff lipgloss.Style

	ascii bool
}

// New returns the styles for a terminal.
func New(t Terminal) *Styles {
	r := lipgloss.NewRenderer(io.Discard)
	r.SetColorProfile(termenv.Ascii)
	if t.Styled {
		r.SetColorProfile(t.Profile)
	}
	r.SetHasDarkBackground(t.Dark)
	style := r.NewStyle
	in := func(tone display.Tone) lipgloss.Style { return style().Foreground(t.color(tone)) }
	return &Styles{
		Title:     style().Bold(true),
		Plain:     style(),
		Muted:     in(display.Muted).Faint(t.NoColor),
		Accent:    in(display.Accent).Bold(true),
		Good:      in(display.Good),
		Warn:      in(display.Warn),
		Bad:       in(display.Bad).Bold(true),
		Key:       in(display.Accent).Bold(true),
		Selected:  in(display.Accent).Bold(true),
		Cursor:    style().Reverse(true),
		CursorOff: style(),
		ascii:     t.ASCII,
	}
}

// color returns a tone's color for the terminal's background. With 16 colors it
// becomes the nearest of the terminal's palette.
func (t Terminal) color(tone display.Tone) lipgloss.TerminalColor {
	if t.NoColor {
		return lipgloss.NoColor{}
	}
	c := tone.Color()
	return lipgloss.AdaptiveColor{Light: c.Light, Dark: c.Dark}
}

// Tone returns the style of a tone.
func (s *Styles) Tone(t display.Tone) lipgloss.Style {
	switch t {
	case display.Accent:
		return s.Accent
	case display.Good:
		return s.Good
	case display.Warn:
		return s.Warn
	case display.Bad:
		return s.Bad
	case display.Muted:
		return s.Muted
	}
	return s.Plain
}

// markWidth is the length of the longest word of a mark.
const markWidth = 7

// Mark renders a mark and its word in a fixed width.
func (s *Styles) Mark(m display.Mark) string {
	word := m.Word + "       "[:max(markWidth-len(m.Word), 0)]
	return s.Tone(m.Tone).Render(m.Glyph + " " + word)
}

// Tally renders the counts of checks in one line, without those of 0 except passed.
func (s *Styles) Tally(t display.Tally) string {
	var parts []string
	for i, part := range t.Parts() {
		if i == 0 || part.Count > 0 {
			parts = append(parts, s.Tone(part.Mark.Tone).Render(part.Mark.Glyph+" "+part.Text))
		}
	}
	return strings.Join(parts, "  ")
}

// Text returns text in characters that the terminal supports.
func (s *Styles) Text(text string) string {
	if s.ascii {
		return display.ASCII(text)
	}
	return text
}
