//go:build unix

package cmd

import (
	"bytes"
	"testing"

	"github.com/creack/pty"

	"github.com/zenml-installer/zenml-installer/checks/report"
	"github.com/zenml-installer/zenml-installer/internal/display"
)

func TestReportOptions(t *testing.T) {
	master, terminal, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	if err := pty.Setsize(master, &pty.Winsize{Rows: 24, Cols: 90}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = terminal.Close(); _ = master.Close() })
	for name, test := range map[string]struct {
		env  map[string]string
		flag bool // --no-color
		want display.Style
	}{
		"colors": {map[string]string{"TERM": "xterm-256color", "LANG": "en_US.UTF-8"}, false,
			display.Style{Color: true, Unicode: true}},
		"NO_COLOR": {map[string]string{"TERM": "xterm", "LANG": "C.utf8", "NO_COLOR": "1"}, false,
			display.Style{Unicode: true}},
		"--no-color": {map[string]string{"TERM": "xterm", "LANG": "C.utf8"}, true, display.Style{Unicode: true}},
		"dumb":       {map[string]string{"TERM": "dumb"}, false, display.Style{}},
		"no UTF-8": {map[string]string{"TERM": "xterm", "LC_ALL": "C", "LANG": "en_US.UTF-8"}, false,
			display.Style{Color: true}},
		"16 colors": {map[string]string{"TERM": "xterm", "LC_CTYPE": "de_DE.UTF-8", "LANG": "C"}, false,
			display.Style{Color: true, Unicode: true}},
		"no settings": {nil, false, display.Style{}},
	} {
		s := Streams{Getenv: func(name string) (string, bool) { v, ok := test.env[name]; return v, ok }}
		c := common{noColor: test.flag}
		if got := c.reportOptions(s, terminal).Width; got != 90 {
			t.Errorf("%s: a width of %d columns, want 90", name, got)
		}
		if got := c.reportOptions(s, terminal).Style; got != test.want {
			t.Errorf("%s: %+v, want %+v", name, got, test.want)
		}
		if got := c.reportOptions(s, &bytes.Buffer{}); got != (report.Options{}) {
			t.Errorf("%s, in a pipe: %+v", name, got)
		}
	}
}
