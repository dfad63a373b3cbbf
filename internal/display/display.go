// Package display contains what screens, prompts and reports share for output:
// marks and glyphs with their ASCII fallback, semantic colors, line wrapping,
// and the formatting of counts and durations.
package display

import "fmt"

// Glyphs are one column wide. A word always accompanies a glyph, so that no
// meaning is lost without it.
const (
	GlyphDone    = "✓"
	GlyphFailed  = "✗"
	GlyphWarning = "!"
	GlyphSkipped = "–"
	GlyphCurrent = "●"
	GlyphPending = "○"
	GlyphRunning = "◌"
	GlyphPointer = "›"
	GlyphRule    = "─"
	GlyphBar     = "│"
	GlyphUp      = "↑"
	GlyphDown    = "↓"
	GlyphBullet  = "·"
)

// Tone is the meaning of a text, which determines its color.
type Tone int

// The tones.
const (
	Plain  Tone = iota
	Accent      // the current position, what is running
	Good
	Warn
	Bad
	Muted // help, unreachable steps
)

// Color is the color of a tone in each kind of terminal. The hex colors have
// enough contrast on their background.
type Color struct {
	ANSI  string // parameter of an SGR sequence, 16 colors
	Light string // hex, on a light background
	Dark  string // hex, on a dark background
}

var colors = map[Tone]Color{
	Accent: {ANSI: "35", Light: "#6B2FB3", Dark: "#B794F6"},
	Good:   {ANSI: "32", Light: "#1E7B34", Dark: "#68D391"},
	Warn:   {ANSI: "33", Light: "#8A5A00", Dark: "#F6C453"},
	Bad:    {ANSI: "31", Light: "#B3261E", Dark: "#FC8181"},
	Muted:  {ANSI: "90", Light: "#5F6368", Dark: "#9AA0A6"},
}

// Color returns the color of a tone; it is zero for Plain.
func (t Tone) Color() Color { return colors[t] }

// Mark is how a status is displayed: a glyph, a word, and a tone.
type Mark struct {
	Glyph string
	Word  string
	Tone  Tone
}

// The marks of check results and of objects in the cluster.
var (
	Passed  = Mark{GlyphDone, "passed", Good}
	Warning = Mark{GlyphWarning, "warning", Warn}
	Failed  = Mark{GlyphFailed, "failed", Bad}
	Skipped = Mark{GlyphSkipped, "skipped", Muted}
	Running = Mark{GlyphRunning, "running", Accent}

	Ready       = Mark{GlyphDone, "ready", Good}
	Waiting     = Mark{GlyphPending, "waiting", Warn}
	Progressing = Mark{GlyphRunning, "working", Accent}
)

// Style describes what the output can display. The zero value is for pipes and
// files: no colors, ASCII only.
type Style struct {
	Color   bool
	Unicode bool
}

// Paint colors text by tone with the standard 16 colors.
func (s Style) Paint(t Tone, text string) string { return s.escape(t.Color().ANSI, text) }

// Bold makes text bold.
func (s Style) Bold(text string) string { return s.escape("1", text) }

// Faint dims text.
func (s Style) Faint(text string) string { return s.escape("2", text) }

// markWidth is the length of the longest word of a check's mark.
const markWidth = len("warning")

// Mark returns a mark and its word, padded to a fixed width.
func (s Style) Mark(m Mark) string {
	text := fmt.Sprintf("%s %-*s", m.Glyph, markWidth, m.Word)
	if !s.Unicode {
		text = ASCII(text)
	}
	return s.Paint(m.Tone, text)
}

// Text returns a message in characters that the output can display.
func (s Style) Text(message string) string {
	message = Printable(message)
	if s.Unicode {
		return message
	}
	return ASCII(message)
}

func (s Style) escape(code, text string) string {
	if !s.Color || code == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}
