package standin

import (
	"errors"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

var accessDenied = databaseError("pymysql.err", "OperationalError", 1045,
	"Access denied for user 'somebody'@'host.example.com' (using password: YES)", nil)

func TestLog_info(t *testing.T) {
	for disabled, want := range map[string]string{
		"":     "^\x1b\\[37m\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d,\\d{3} \\| INFO     \\| module:function:1 \\| 3 tables\x1b\\[0m\n$",
		"True": "^\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d,\\d{3} \\| INFO     \\| module:function:1 \\| 3 tables\n$",
	} {
		var out strings.Builder
		NewLog(Env{"ZENML_LOGGING_COLORS_DISABLED": disabled}, &out).Info("module:function:1", "%d tables", 3)
		if !regexp.MustCompile(want).MatchString(out.String()) {
			t.Errorf("colors disabled %q: %q", disabled, out.String())
		}
	}
}

func TestLog_richTraceback(t *testing.T) {
	var out strings.Builder
	NewLog(Env{}, &out).traceback("connect", accessDenied)
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	if len(lines) < 100 || !strings.HasPrefix(lines[0], "╭─") {
		t.Errorf("the traceback has %d lines and begins with %q", len(lines), lines[0])
	}
	for _, line := range lines {
		if utf8.RuneCountInString(strings.TrimRight(line, " ")) > width {
			t.Errorf("line of %d columns: %q", utf8.RuneCountInString(line), line)
		}
	}
	want := "OperationalError: (pymysql.err.OperationalError) (1045, \"Access denied for user \n" +
		"'somebody'@'host.example.com' (using password: YES)\")\n(Background on this error at: https://sqlalche.me/e/20/e3q8)\n"
	if !strings.HasSuffix(out.String(), "╯\n"+want) {
		t.Errorf("the traceback ends with\n%s", strings.Join(lines[len(lines)-4:], "\n"))
	}
}

func TestLog_plainTraceback(t *testing.T) {
	var out strings.Builder
	NewLog(Env{"ZENML_ENABLE_RICH_TRACEBACK": "false"}, &out).traceback("connect", accessDenied)
	if !strings.HasPrefix(out.String(), "Traceback (most recent call last):\n") ||
		!strings.Contains(out.String(), "\nsqlalchemy.exc.OperationalError: (pymysql") {
		t.Error(out.String())
	}
	out.Reset()
	NewLog(Env{"ZENML_ENABLE_RICH_TRACEBACK": "false"}, &out).traceback("start", errors.New("no disk"))
	if !strings.HasSuffix(out.String(), "\nRuntimeError: no disk\n") {
		t.Error(out.String())
	}
}

func TestWrap(t *testing.T) {
	long := strings.Repeat("x", 2*width+1)
	for text, want := range map[string]string{
		"short":                             "short\n",
		"two\nlines":                        "two\nlines\n",
		long:                                long[:width] + "\n" + long[width:2*width] + "\nx\n",
		strings.Repeat("a", width-1) + " b": strings.Repeat("a", width-1) + " \nb\n",
		strings.Repeat("a", width-3) + " b " + "c": strings.Repeat("a", width-3) + " b \nc\n",
	} {
		if got := wrap(text); got != want {
			t.Errorf("wrap(%q) = %q, want %q", text, got, want)
		}
	}
}
