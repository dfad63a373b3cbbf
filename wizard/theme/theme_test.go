package theme

import (
	"regexp"
	"strings"
	"testing"

	"github.com/muesli/termenv"

	"github.com/zenml-installer/zenml-installer/internal/answers"
)

func TestFieldTextsHaveASCIISpelling(t *testing.T) {
	s := New(Terminal{ASCII: true})
	for _, f := range answers.Fields {
		texts := []string{f.Title, f.Help, f.Why, f.Default, f.Example}
		for _, o := range f.Options {
			texts = append(texts, o.Title, o.Help)
		}
		for _, text := range texts {
			// A question mark replaces what has no ASCII spelling.
			if got := s.Text(text); strings.Count(got, "?") != strings.Count(text, "?") {
				t.Errorf("%s: %q", f.Key, got)
			}
		}
	}
}

func TestNoColorKeepsEmphasis(t *testing.T) {
	color := regexp.MustCompile(`\x1b\[(\d+;)*[34][0-9]`)
	s := New(Terminal{Styled: true, Profile: termenv.TrueColor, NoColor: true, Dark: true})
	for name, style := range map[string]string{
		"accent": s.Accent.Render("x"), "good": s.Good.Render("x"), "bad": s.Bad.Render("x"),
		"warn": s.Warn.Render("x"), "muted": s.Muted.Render("x"),
	} {
		if color.MatchString(style) {
			t.Errorf("%s: %q", name, style)
		}
	}
	if got := s.Accent.Render("x"); !strings.Contains(got, "\x1b[1m") {
		t.Errorf("no emphasis left: %q", got)
	}
	if got := New(Terminal{Styled: true, Profile: termenv.TrueColor}).Accent.Render("x"); !color.MatchString(got) {
		t.Errorf("a terminal with colors gets none: %q", got)
	}
}

func TestUTF8(t *testing.T) {
	for _, c := range []struct {
		env  map[string]string
		want bool
	}{
		{map[string]string{"LANG": "de_DE.UTF-8"}, true},
		{map[string]string{"LANG": "C.utf8"}, true},
		{map[string]string{"LANG": "de_DE.UTF-8", "LC_ALL": "C"}, false},
		{map[string]string{"LC_CTYPE": "en_US.UTF-8", "LANG": "C"}, true},
		{map[string]string{"LANG": "POSIX"}, false},
	} {
		if got := UTF8(func(name string) string { return c.env[name] }); got != c.want {
			t.Errorf("%v: %v", c.env, got)
		}
	}
}
