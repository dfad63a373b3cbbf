package display

import (
	"fmt"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
)

// Count formats a number of things: "1 node", "3 nodes".
func Count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// Duration formats how long something took: "0.4s", "12s", "3m05s", "1h02m".
func Duration(d time.Duration) string {
	switch d = max(d, 0); {
	case d < 10*time.Second:
		return fmt.Sprintf("%.1fs", d.Seconds())
	case d < time.Hour:
		return Elapsed(d)
	}
	return fmt.Sprintf("%dh%02dm", int(d.Hours()), int(d.Minutes())%60)
}

// Elapsed formats how long something has been running, in whole seconds.
func Elapsed(d time.Duration) string {
	switch d = max(d, 0); {
	case d < time.Minute:
		return fmt.Sprintf("%ds", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%dm%02ds", int(d.Minutes()), int(d.Seconds())%60)
	}
	return Duration(d)
}

// Tally counts check results by status.
type Tally struct{ Passed, Warnings, Failed, Skipped int }

// TallyPart is one count and its mark.
type TallyPart struct {
	Mark  Mark
	Count int
	Text  string // "2 failed"
}

// Parts returns the four counts in display order.
func (t Tally) Parts() []TallyPart {
	return []TallyPart{
		{Passed, t.Passed, fmt.Sprintf("%d passed", t.Passed)},
		{Warning, t.Warnings, Count(t.Warnings, "warning")},
		{Failed, t.Failed, fmt.Sprintf("%d failed", t.Failed)},
		{Skipped, t.Skipped, fmt.Sprintf("%d skipped", t.Skipped)},
	}
}

// String formats the tally: "41 passed, 1 warning, 0 failed, 3 skipped".
func (t Tally) String() string {
	var texts []string
	for _, part := range t.Parts() {
		texts = append(texts, part.Text)
	}
	return strings.Join(texts, ", ")
}

// Bytes formats a size: "312 MB".
func Bytes(n int64) string { return humanize.Bytes(uint64(max(n, 0))) } //nolint:gosec // not negative
