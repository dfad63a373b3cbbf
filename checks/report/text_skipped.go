package report

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/display"
)

// countSkippedAlike counts the first results that were skipped for the same reason.
func countSkippedAlike(results []check.Result) int {
	n := 0
	for n < len(results) && results[n].Status == check.Skipped && results[n].Message == results[0].Message &&
		results[n].Unknown == results[0].Unknown {
		n++
	}
	return n
}

// skipped writes checks of a group that were skipped for the same reason: their
// names, with the group once, and the reason.
func (t *text) skipped(results []check.Result) {
	if len(results) == 1 {
		t.line(t.head(results[0]) + t.Style.Faint(t.Style.Text(results[0].Message)))
		return
	}
	mark := "  " + t.Style.Mark(display.Skipped) + "  "
	margin := ansi.StringWidth(mark)
	lines := t.wrap(namesOf(results), margin)
	for _, l := range t.wrap(t.Style.Text(results[0].Message), margin) {
		lines = append(lines, t.Style.Faint(l))
	}
	for _, l := range lines {
		t.line(mark + l)
		mark = strings.Repeat(" ", margin)
	}
}

// namesOf returns "group.a, .b, .c (3)".
func namesOf(results []check.Result) string {
	names := make([]string, len(results))
	for i, r := range results {
		names[i] = r.Check.ID
		if i > 0 {
			names[i] = strings.TrimPrefix(r.Check.ID, r.Check.Group())
		}
	}
	return fmt.Sprintf("%s (%d)", strings.Join(names, ", "), len(names))
}
