package report

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"github.com/zenml-installer/zenml-installer/checks"
	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/display"
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

func written(t *testing.T, r check.Report, o Options) string {
	t.Helper()
	var out strings.Builder
	o.Verbose = true
	checktest.Must(t, Text(&out, r, o))
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
	width := len(slices.MaxFunc(ids, func(a, b string) int { return len(a) - len(b) }))
	pad := func(id string) string { return fmt.Sprintf("%-*s  ", width, id) }
	head, margin := "  - skipped  ", strings.Repeat(" ", len("  - skipped  "))
	want := "database\n" +
		head + ids[0] + ", " + short(1) + ", " + short(2) + " (3)\n" + margin + alike + "\n" +
		head + pad(ids[3]) + "another reason\n" +
		head + pad(ids[4]) + alike + "\n\n" +
		"cluster\n" + head + ids[5] + ", " + short(6) + " (2)\n" + margin + alike + "\n"
	got := written(t, r, Options{})
	if !strings.HasPrefix(got, want) {
		t.Errorf("got:\n%swant first:\n%s", got, want)
	}
	if !strings.Contains(got, "7 skipped") {
		t.Errorf("the summary counts lines:\n%s", got)
	}
}

func TestTextSkippedWraps(t *testing.T) {
	var reasons []string
	for range checks.Table {
		reasons = append(reasons, strings.Repeat("because of this and that ", 8)+"“so”")
	}
	for name, style := range map[string]display.Style{"plain": {}, "styled": {Color: true, Unicode: true}} {
		r := skippedReport("cluster", reasons...)
		got := ansi.Strip(written(t, r, Options{Style: style, Width: 100}))
		for _, l := range strings.Split(got, "\n") {
			if n := ansi.StringWidth(l); n > 100 {
				t.Errorf("%s: %d columns: %s", name, n, l)
			}
		}
		all := strings.Join(strings.Fields(got), " ")
		for _, result := range r.Results {
			if !strings.Contains(all, strings.TrimPrefix(result.Check.ID, "cluster")) {
				t.Errorf("%s hides %s:\n%s", name, result.Check.ID, got)
			}
		}
		if !strings.Contains(all, style.Text(reasons[0])) {
			t.Errorf("%s truncates the reason:\n%s", name, got)
		}
	}
}
