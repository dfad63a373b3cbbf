package report

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/zenml-installer/zenml-installer/checks"
	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
)

// skippedReport returns a report whose checks were skipped for the given reasons.
func skippedReport(group string, reasons ...string) check.Report {
	var r check.Report
	for _, c := range checks.Table {
		if c.Group() == group && len(r.Results) < len(reasons) {
			r.Results = append(
				r.Results,
				check.Result{Check: c, Status: check.Skipped, Message: reasons[len(r.Results)]},
			)
		}
	}
	return r
}

func written(t *testing.T, r check.Report, s Style) string {
	t.Helper()
	var out strings.Builder
	checktest.Must(t, Text(&out, r, s))
	return out.String()
}

func TestTextSkippedSharesLine(t *testing.T) {
	alike := "the database is not MySQL"
	r := skippedReport("database", alike, alike, alike, "another reason", alike)
	r.Results = append(r.Results, skippedReport("cluster", alike, alike).Results...)
	ids := make([]string, 0, len(r.Results))
	for _, result := range r.Results {
		ids = append(ids, result.Check.ID)
	}
	short := func(i int) string { return "." + strings.SplitN(ids[i], ".", 2)[1] }
	want := "database\n" +
		"  –  " + ids[0] + ", " + short(1) + ", " + short(2) + " (3)  not checked: " + alike + "\n"
	got := written(t, r, Style{Unicode: true})
	if !strings.HasPrefix(got, want) {
		t.Errorf("got:\n%swant first:\n%s", got, want)
	}
	for _, alone := range []string{ids[3] + " ", ids[4] + " "} {
		if !strings.Contains(got, alone) {
			t.Errorf("%shas no line of its own:\n%s", alone, got)
		}
	}
	if end := "cluster\n  –  " + ids[5] + ", " + short(6) + " (2)  not checked: " + alike + "\n"; !strings.Contains(got,
		end) {
		t.Errorf("the next group does not start a new line:\n%s", got)
	}
	if !strings.Contains(got, "7 not checked") {
		t.Errorf("the summary counts lines:\n%s", got)
	}
}

func TestTextSkippedWraps(t *testing.T) {
	var reasons []string
	for range checks.Table {
		reasons = append(reasons, strings.Repeat("because of this and that ", 8)+"“so”")
	}
	escapes := regexp.MustCompile("\x1b\\[[0-9]*m")
	for name, style := range map[string]Style{"pipe": {}, "terminal": {Color: true, Unicode: true}} {
		r := skippedReport("cluster", reasons...)
		got := escapes.ReplaceAllString(written(t, r, style), "")
		lines := strings.Split(got, "\n")
		mark := utf8.RuneCountInString(lines[1]) - utf8.RuneCountInString(strings.TrimLeft(lines[1][2:], "–skip "))
		for i, l := range lines {
			if n := utf8.RuneCountInString(l); n > 100 {
				t.Errorf("%s: %d columns: %s", name, n, l)
			}
			if i > 1 && l != "" && !strings.Contains(l, "passed") &&
				utf8.RuneCountInString(l)-utf8.RuneCountInString(strings.TrimLeft(l, " ")) != mark {
				t.Errorf("%s: not aligned with the first name (column %d): %q", name, mark, l)
			}
		}
		all := strings.Join(strings.Fields(got), " ")
		for _, result := range r.Results {
			if !strings.Contains(all, strings.TrimPrefix(result.Check.ID, "cluster")) {
				t.Errorf("%s hides %s:\n%s", name, result.Check.ID, got)
			}
		}
		if want := style.text(reasons[0]); !strings.Contains(all, "not checked: "+want) {
			t.Errorf("%s truncates the reason:\n%s", name, got)
		}
	}
}
