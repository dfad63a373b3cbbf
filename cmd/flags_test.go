//go:build unix

package cmd

import (
	"bytes"
	"testing"

	"github.com/creack/pty"

	"github.com/zenml-installer/zenml-installer/checks/report"
)

func TestReportStyle(t *testing.T) {
	master, terminal, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = terminal.Close(); _ = master.Close() })
	for name, test := range map[string]struct {
		env  map[string]string
		flag bool // --no-color
		want report.Style
	}{
		"colours": {map[string]string{"TERM": "xterm-256color", "LANG": "en_US.UTF-8"}, false,
			report.Style{Color: true, Unicode: true}},
		"NO_COLOR": {map[string]string{"TERM": "xterm", "LANG": "C.utf8", "NO_COLOR": "1"}, false,
			report.Style{Unicode: true}},
		"--no-color": {map[string]string{"TERM": "xterm", "LANG": "C.utf8"}, true, report.Style{Unicode: true}},
		"dumb":       {map[string]string{"TERM": "dumb"}, false, report.Style{}},
		"no UTF-8": {map[string]string{"TERM": "xterm", "LC_ALL": "C", "LANG": "en_US.UTF-8"}, false,
			report.Style{Color: true}},
		"16 colours": {map[string]string{"TERM": "xterm", "LC_CTYPE": "de_DE.UTF-8", "LANG": "C"}, false,
			report.Style{Color: true, Unicode: true}},
		"no settings": {nil, false, report.Style{}},
	} {
		s := Streams{Getenv: func(name string) (string, bool) { v, ok := test.env[name]; return v, ok }}
		c := common{noColor: test.flag}
		if got := c.reportStyle(s, terminal); got != test.want {
			t.Errorf("%s: %+v, want %+v", name, got, test.want)
		}
		if got := c.reportStyle(s, &bytes.Buffer{}); got != (report.Style{}) {
			t.Errorf("%s, in a pipe: %+v", name, got)
		}
	}
}
