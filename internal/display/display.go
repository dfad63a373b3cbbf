// Package display holds what screens, prompts and reports share when they
// write for people: marks and glyphs with their ASCII fallback, colours by
// meaning, line wrapping, and the wording of counts and durations.
package display

import "fmt"

// Glyphs are one column wide. None carries a meaning alone: a word is always
// beside it.
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

// Tone is what a text means: it decides its colour.
type Tone int

// The tones.
const (
	Plain  Tone = iota
	Accent      // the current position, what is running
	Good
	Warn
	Bad
	Muted // help, what is not reachable yet
)

// Color is one tone for each kind of terminal. The hex colours have enough
// contrast on both backgrounds.
type Color struct {
	ANSI  string // the parameter of an SGR sequence, in 16 colours
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

// Color returns the colour of a tone; it is zero for Plain.
func (t Tone) Color() Color { return colors[t] }

// Mark is how a state is shown: a glyph, the word beside it, and a tone.
type Mark struct {
	Glyph string
	Word  string
	Tone  Tone
}

// The marks of checks and of objects in the cluster.
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

// Style is what the destination of a text can show. The zero value is for
// pipes and files: no colours, and ASCII only.
type Style struct {
	Color   bool
	Unicode bool
}

// Paint colours text by tone, in the 16 colours that every terminal has.
func (s Style) Paint(t Tone, text string) string { return s.escape(t.Color().ANSI, text) }

// Bold emphasises text.
func (s Style) Bold(text string) string { return s.escape("1", text) }

// Faint makes text recede.
func (s Style) Faint(text string) string { return s.escape("2", text) }

// markWidth is the longest word of a mark of a check.
const markWidth = len("warning")

// Mark returns a mark with its word, padded to a column of a fixed width.
func (s Style) Mark(m Mark) string {
	text := fmt.Sprintf("%s %-*s", m.Glyph, markWidth, m.Word)
	if !s.Unicode {
		text = ASCII(text)
	}
	return s.Paint(m.Tone, text)
}

// Text returns a message as the destination can show it.
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
