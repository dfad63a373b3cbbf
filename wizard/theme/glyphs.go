package theme

import "strings"

// Glyphs are one column wide. None of them carries a meaning alone: a word
// stands beside it.
const (
	Done    = "✓"
	Bad     = "✗"
	Warning = "!"
	Skipped = "–"
	Current = "●"
	Later   = "○"
	Working = "◌"
	Pointer = "›"
	Rule    = "─"
	Bar     = "│"
	Up      = "↑"
	Down    = "↓"
	Bullet  = "·"
)

// inASCII gives one character for each, so that nothing moves; the ellipsis
// alone becomes longer, and is put in before lines are measured.
var inASCII = strings.NewReplacer(
	Done, "+", Bad, "x", Skipped, "-", Current, "*", Later, "o", Working, "~",
	Pointer, ">", Rule, "-", Bar, "|", Up, "^", Down, "v", Bullet, "-",
	"←", "<", "→", ">", "“", `"`, "”", `"`, "’", "'", "…", "...", "•", "*", "×", "x", "—", "-",
)

// Text returns s as the terminal can show it.
func (l *Styles) Text(s string) string {
	if l.ascii {
		return inASCII.Replace(s)
	}
	return s
}
