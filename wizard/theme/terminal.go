// Package theme provides semantic terminal styles, and detects what the
// terminal supports.
package theme

import (
	"io"
	"runtime"
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"
)

// Terminal describes what the terminal supports. The zero value is plain lines
// without styles.
type Terminal struct {
	Styled  bool            // it supports bold text and colors
	Profile termenv.Profile // color support
	NoColor bool            // bold, faint and reverse, but no colors (no-color.org)
	Dark    bool            // the background is dark
	ASCII   bool            // it does not support UTF-8
	Motion  bool            // moving marks show that something is running
}

// ReducedMotion is the environment variable that stops all motion on the screen, for
// people whom it distracts.
const ReducedMotion = "ZENML_INSTALLER_REDUCED_MOTION"

// Detect determines what the terminal of out supports, given a lookup of
// environment variables. The background color was queried at program start.
func Detect(out io.Writer, getenv func(name string) string) Terminal {
	output := termenv.NewOutput(out, termenv.WithEnvironment(environment(getenv)))
	t := Terminal{
		Profile: output.ColorProfile(),
		NoColor: getenv("NO_COLOR") != "",
		Dark:    lipgloss.HasDarkBackground(),
		ASCII:   !UTF8(getenv),
	}
	t.Styled = t.Profile != termenv.Ascii
	t.Motion = t.Styled && getenv(ReducedMotion) == ""
	return t
}

// UTF8 reports whether the environment's locale is UTF-8. Without a locale it
// is POSIX's, which is not. Windows has no such variables, and its consoles
// support UTF-8.
func UTF8(getenv func(name string) string) bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := strings.ToLower(getenv(name)); v != "" {
			return strings.Contains(v, "utf-8") || strings.Contains(v, "utf8")
		}
	}
	return runtime.GOOS == "windows"
}

// environment adapts a lookup function for termenv.
type environment func(name string) string

func (e environment) Getenv(name string) string { return e(name) }
func (e environment) Environ() []string         { return nil }
