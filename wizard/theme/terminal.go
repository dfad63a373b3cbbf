// Package theme holds how things look on a terminal: the styles by meaning,
// the glyphs, and what a terminal without colours or UTF-8 gets instead.
package theme

import (
	"io"
	"runtime"
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"
)

// Terminal says what the terminal can show. The zero value is none: plain
// lines without any style.
type Terminal struct {
	Styled  bool            // it can show bold text and colours
	Profile termenv.Profile // how many colours
	NoColor bool            // bold, faint and reverse, but no colours (no-color.org)
	Dark    bool            // the background is dark
	ASCII   bool            // it cannot show UTF-8
}

// Detect finds out what the terminal behind out can show, given a look-up of
// the environment. The background was asked from the terminal when the
// program began.
func Detect(out io.Writer, getenv func(name string) string) Terminal {
	output := termenv.NewOutput(out, termenv.WithEnvironment(environment(getenv)))
	t := Terminal{
		Profile: output.ColorProfile(),
		NoColor: getenv("NO_COLOR") != "",
		Dark:    lipgloss.HasDarkBackground(),
		ASCII:   !UTF8(getenv),
	}
	t.Styled = t.Profile != termenv.Ascii
	return t
}

// UTF8 tells whether the locale that the environment names is a UTF-8 one. An
// environment without any locale is POSIX's own, which is not. Windows has no
// such variables and its consoles take UTF-8.
func UTF8(getenv func(name string) string) bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := strings.ToLower(getenv(name)); v != "" {
			return strings.Contains(v, "utf-8") || strings.Contains(v, "utf8")
		}
	}
	return runtime.GOOS == "windows"
}

// environment serves termenv, which asks for variables one by one.
type environment func(name string) string

func (e environment) Getenv(name string) string { return e(name) }
func (e environment) Environ() []string         { return nil }
