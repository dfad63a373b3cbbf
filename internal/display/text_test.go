package display

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

func TestWrap(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"hyphens stay whole":        {"pass --read-only here", "pass\n--read-only\nhere"},
		"long words are broken":     {"abcdefghijklmn", "abcdefghijkl\nmn"},
		"escapes take no space":     {"\x1b[1mone two\x1b[0m x", "\x1b[1mone two\x1b[0m x"},
		"no trailing spaces remain": {"one two three   ", "one two\nthree"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Wrap(c.text, 12); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestWrapSentences(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"sentences":             {"one two three four\nfive", "one two three\nfour\nfive"},
		"quoted commands":       {"run `tool check`, or not", "run\n`tool check`,\nor not"},
		"indented commands":     {"  tool check --only one", "  tool check --only one"},
		"a long quoted command": {"run `tool check --only one`", "run\n`tool check --only one`"},
		"a prompt":              {"ok? [y/N] ", "ok? [y/N] "},
		"a long prompt":         {"is this right? [y/N] ", "is this\nright? [y/N] "},
	} {
		t.Run(name, func(t *testing.T) {
			if got := WrapSentences(c.text, 13); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	if long := strings.Repeat("a ", 100); WrapSentences(long, 0) != long {
		t.Error("it is wrapped without a width")
	}
}

func TestTruncate(t *testing.T) {
	for _, line := range []string{"a long line of text", "\x1b[31ma long line of text\x1b[0m"} {
		got := Truncate(line, 8)
		if ansi.StringWidth(got) != 8 || !strings.Contains(got, "…") {
			t.Errorf("got %q", got)
		}
	}
	if got := Truncate("short", 8); got != "short" {
		t.Errorf("got %q", got)
	}
}

func TestHang(t *testing.T) {
	if got, want := Hang("1. one two three four", 3, 10), "1. one two\n   three\n   four"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := Indent("  one two three", 9), "  one two\n  three"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestPrintable(t *testing.T) {
	if got, want := Printable("a\x1b[31mb\x1b[0m\x07\tc\r\nd\u0085"), "ab\tc\nd"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestStyle(t *testing.T) {
	if got, want := (Style{}).Text("“é” ≥ 2…"), `"?" >= 2...`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := (Style{}).Paint(Bad, "x"); got != "x" {
		t.Errorf("colors without a terminal: %q", got)
	}
	if got, want := (Style{Color: true, Unicode: true}).Paint(Bad, "✗"), "\x1b[31m✗\x1b[0m"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestWrapSentence(t *testing.T) {
	command := "`kubectl -n zenml-server delete namespace zenml-server`"
	got := WrapSentence("Close it with "+command+", or wait  for it.", 24)
	if want := "Close it with\n" + command + ",\nor wait for it."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := WrapSentence("", 24); got != "" {
		t.Errorf("%q of nothing", got)
	}
}
