package diagnose

import (
	"slices"
	"strings"
	"testing"
)

// boxed is the log of a failed migration: colored, boxed, and wrapped at 80
// columns.
var boxed = []string{
	"\x1b[37m2026-11-26 11:23:44,210 | INFO     | store:migrate:1 | Creating database tables\x1b[0m",
	"╭───────────────────── Traceback (most recent call last) ──────────────────────╮",
	"│ /opt/server/store.py:150 in connect                                          │",
	"│ ❱ 150 │   raise failure(1049, certificate verify failed)                     │",
	"╰──────────────────────────────────────────────────────────────────────────────╯",
	"OperationalError: (pymysql.err.OperationalError) (1045, \"Access denied for user ",
	"'somebody'@'host.example.com' (using password: YES)\")",
	"(Background on this error at: https://sqlalche.me/e/20/e3q8)",
}

func TestPlain(t *testing.T) {
	want := []string{
		"2026-11-26 11:23:44,210 | INFO     | store:migrate:1 | Creating database tables",
		"OperationalError: (pymysql.err.OperationalError) (1045, \"Access denied for user " +
			"'somebody'@'host.example.com' (using password: YES)\")",
	}
	for name, lines := range map[string][]string{"whole": boxed, "only the end": slices.Concat(want[:1], boxed[3:])} {
		if got := Plain(lines); !slices.Equal(got, want) {
			t.Errorf("%s:\n%s", name, strings.Join(got, "\n"))
		}
	}
	ordinary := []string{"a line that ends with a space ", "another one"}
	if got := Plain(ordinary); !slices.Equal(got, ordinary) {
		t.Errorf("%q", got)
	}
}

func TestPlain_foldedWord(t *testing.T) {
	word := strings.Repeat("x", wrapWidth)
	if got := Plain([]string{boxed[4], word, "yz", "next"}); !slices.Equal(got, []string{word + "yz", "next"}) {
		t.Errorf("%q", got)
	}
}

// TestPlain_fullRow joins a row that is full to the next one: the space between them is dropped.
func TestPlain_fullRow(t *testing.T) {
	row := `OperationalError: (pymysql.err.OperationalError) (1193, "Unknown system variable`
	want := []string{row + ` 'transaction_isolation'")`}
	if got := Plain([]string{boxed[4], row, `'transaction_isolation'")`}); len(row) != wrapWidth || !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

func TestMessage(t *testing.T) {
	const prefix = "2026-11-26 11:23:44,210 | "
	for line, want := range map[string]string{
		prefix + "INFO     | zenml.zen_stores.sql_zen_store:_create_default_stack:11961 | Creating default stack...": "" +
			"Creating default stack...",
		prefix + "WARNING  | alembic.runtime:run:1 | a | b": "WARNING: a | b",
		"Database migration finished.":                      "Database migration finished.",
		prefix + "INFO | Reading the settings":              prefix + "INFO | Reading the settings",
	} {
		if got := Message(line); got != want {
			t.Errorf("%q gave %q, want %q", line, got, want)
		}
	}
}

func TestLastLine(t *testing.T) {
	if got := LastLine(boxed); !strings.HasPrefix(got, "OperationalError: ") ||
		!strings.HasSuffix(got, "(using password: YES)\")") {
		t.Errorf("%q", got)
	}
	if got := LastLine([]string{"", "\x1b[37m\x1b[0m"}); got != "" {
		t.Errorf("%q", got)
	}
}

func TestFromLog_boxedTraceback(t *testing.T) {
	d, ok := FromLog(boxed)
	if !ok || !strings.HasPrefix(d.Reason, "1045: Access denied for user 'somebody'@'host.example.com'") {
		t.Errorf("%+v, %t", d, ok)
	}
}
