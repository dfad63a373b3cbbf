// Package report writes reports of checks as text, JSON and JUnit, and the
// reference pages of the checks.
package report

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/display"
)

// Options configure a text report.
type Options struct {
	Style display.Style
	// Width is the number of columns at which lines wrap; zero means that they
	// do not.
	Width int
	// Verbose also lists the checks that passed or were skipped; without it they
	// are only counted, except those that could not tell.
	Verbose bool
}

// text writes one report. The buffer keeps the first error until it is flushed.
type text struct {
	Options
	out     *bufio.Writer
	idWidth int
	hidden  bool // there are results that only a verbose report lists
}

// Text writes a report for people, grouped and aligned: for every fault the
// details, the remedy and the URL of its page, and the counts of the rest. A
// verbose report lists all checks.
func Text(w io.Writer, r check.Report, o Options) error {
	t := &text{Options: o, out: bufio.NewWriter(w), idWidth: widest(r)}
	for i, group := range byGroup(r.Results) {
		if i > 0 {
			t.line("")
		}
		t.group(group)
	}
	t.line("")
	t.line(t.summary(r))
	if t.hidden {
		t.line(t.Style.Faint("Use --verbose to list the checks that passed or were skipped."))
	}
	return t.out.Flush()
}

// byGroup splits results where the group changes.
func byGroup(results []check.Result) [][]check.Result {
	var groups [][]check.Result
	for i, result := range results {
		if i == 0 || result.Check.Group() != results[i-1].Check.Group() {
			groups = append(groups, nil)
		}
		groups[len(groups)-1] = append(groups[len(groups)-1], result)
	}
	return groups
}

func (t *text) group(results []check.Result) {
	t.line(t.Style.Bold(results[0].Check.Group()))
	if !t.Verbose {
		t.counts(results)
	}
	for i := 0; i < len(results); i++ {
		switch result := results[i]; {
		case !t.Verbose && (result.Status == check.Pass || result.Status == check.Skipped && !result.Unknown):
		case result.Status == check.Skipped:
			n := countSkippedAlike(results[i:])
			t.skipped(results[i : i+n])
			i += n - 1
		case result.Status == check.Pass:
			t.line(t.head(result) + t.Style.Text(result.Check.Claim) + t.detail(result.Message))
		default:
			t.fault(result)
		}
	}
}

// counts prints how many checks of a group passed or were skipped.
func (t *text) counts(results []check.Result) {
	results = slices.DeleteFunc(slices.Clone(results), func(r check.Result) bool { return r.Unknown }) // listed
	for _, part := range (check.Report{Results: results}).Tally().Parts() {
		if part.Count == 0 || part.Mark != display.Passed && part.Mark != display.Skipped {
			continue
		}
		t.hidden = true
		t.line("  " + t.Style.Mark(part.Mark) + "  " + t.Style.Faint(display.Count(part.Count, "check")))
	}
}

// marks maps statuses to the marks of the screens.
var marks = map[check.Status]display.Mark{
	check.Pass: display.Passed, check.Warned: display.Warning,
	check.Failed: display.Failed, check.Skipped: display.Skipped,
}

// head returns the start of a result's line: its mark and its id.
func (t *text) head(r check.Result) string {
	return fmt.Sprintf("  %s  %-*s  ", t.Style.Mark(marks[r.Status]), t.idWidth, r.Check.ID)
}

func (t *text) fault(r check.Result) {
	head := t.head(r)
	if r.Refuted() {
		head += t.Style.Text(r.Check.Failure)
	}
	t.line(strings.TrimRight(head, " "))
	t.paragraph("found", r.Message)
	t.paragraph("why", r.Reason)
	t.paragraph("remedy", r.Remedy)
	t.paragraph("docs", r.Check.Docs())
	if r.Softened {
		t.paragraph("note", "reported as a warning because of --warn-only")
	}
}

func (t *text) detail(message string) string {
	if message == "" {
		return ""
	}
	return t.Style.Faint(" (" + t.Style.Text(message) + ")")
}

// labelIndent and labelWidth align the labels of a fault's paragraphs.
const (
	labelIndent = 6
	labelWidth  = len("remedy: ")
)

// paragraph prints a labeled text with aligned continuation lines.
func (t *text) paragraph(label, content string) {
	if content == "" {
		return
	}
	label = fmt.Sprintf("%-*s", labelWidth, label+":")
	for _, l := range t.wrap(t.Style.Text(content), labelIndent+labelWidth) {
		t.line(strings.TrimRight(strings.Repeat(" ", labelIndent)+t.Style.Faint(label)+l, " "))
		label = strings.Repeat(" ", labelWidth)
	}
}

// wrap breaks a text into lines that fit behind a margin.
func (t *text) wrap(content string, margin int) []string {
	if room := t.Width - margin; t.Width > 0 && !strings.HasPrefix(content, "https://") {
		content = display.Wrap(content, max(room, minRoom))
	}
	return strings.Split(content, "\n")
}

// minRoom is the width of a paragraph in a terminal that is too narrow.
const minRoom = 20

// summary returns all counts: "41 passed, 1 warning, 0 failed, 3 skipped in
// 1.9s".
func (t *text) summary(r check.Report) string {
	var parts []string
	for _, part := range r.Tally().Parts() {
		text := part.Text
		if part.Count > 0 {
			text = t.Style.Paint(part.Mark.Tone, text)
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, ", ") + " in " + display.Duration(r.Duration)
}

// widest returns the length of the longest id.
func widest(r check.Report) int {
	if len(r.Results) == 0 {
		return 0
	}
	return len(slices.MaxFunc(r.Results, func(a, b check.Result) int { return len(a.Check.ID) - len(b.Check.ID) }).Check.ID)
}

func (t *text) line(content string) { _, _ = t.out.WriteString(content + "\n") }
