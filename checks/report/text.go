// Package report writes reports of checks as text, JSON and JUnit, and the
// reference pages of the checks.
package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/zenml-installer/zenml-installer/checks/check"
)

// Text writes a report for people: grouped and aligned, with the details, the remedy
// and the URL of its page for every fault. Consecutive checks that were skipped for
// the same reason share a line.
func Text(w io.Writer, r check.Report, s Style) error {
	out := bufio.NewWriter(w)
	width := widest(r)
	group := ""
	for i := 0; i < len(r.Results); i++ {
		result := r.Results[i]
		if g := result.Check.Group(); g != group {
			if group != "" {
				line(out, "")
			}
			line(out, s.bold(g))
			group = g
		}
		if n := countSkippedAlike(r.Results[i:]); n > 1 {
			writeSkipped(out, r.Results[i:i+n], s)
			i += n - 1
			continue
		}
		writeResult(out, result, width, s)
	}
	line(out, "")
	line(out, s.Summarise(r.Summary()))
	return out.Flush()
}

// Summarise formats the counts.
func (s Style) Summarise(sum check.Summary) string {
	parts := []string{
		s.paint(check.Pass, fmt.Sprintf("%d passed", sum.Passed)),
		count(s, check.Warned, sum.Warned, "warning", "warnings"),
		count(s, check.Failed, sum.Failed, "failed", "failed"),
		count(s, check.Skipped, sum.Skipped, "not checked", "not checked"),
	}
	return strings.Join(parts, ", ") + " in " + Seconds(sum.Duration)
}

func count(s Style, status check.Status, n int, one, many string) string {
	word := many
	if n == 1 {
		word = one
	}
	text := fmt.Sprintf("%d %s", n, word)
	if n == 0 {
		return text
	}
	return s.paint(status, text)
}

// Seconds formats a duration: "0.3 s", "12 s".
func Seconds(d time.Duration) string {
	if d < 10*time.Second {
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return fmt.Sprintf("%.0f s", d.Seconds())
}

func widest(r check.Report) int {
	width := 0
	for _, result := range r.Results {
		width = max(width, len(result.Check.ID))
	}
	return width
}

func writeResult(w io.Writer, r check.Result, width int, s Style) {
	head := fmt.Sprintf("  %s  %-*s  ", s.mark(r.Status), width, r.Check.ID)
	switch r.Status {
	case check.Pass:
		line(w, strings.TrimRight(head+s.text(r.Check.Claim)+s.faint(detail(s, r.Message)), " "))
	case check.Skipped:
		line(w, head+s.text(r.Check.Claim)+s.faint(": not checked, "+s.text(r.Message)))
	default:
		if r.Refuted() {
			head += s.text(r.Check.Failure)
		}
		line(w, strings.TrimRight(head, " "))
		indent := strings.Repeat(" ", 6)
		paragraph(w, indent, "found", s.text(r.Message), s)
		paragraph(w, indent, "why", s.text(r.Why), s)
		paragraph(w, indent, "remedy", s.text(r.Hint), s)
		paragraph(w, indent, "docs", r.Check.Docs(), s)
		if r.Softened {
			paragraph(w, indent, "note", "reported as a warning because of --warn-only", s)
		}
	}
}

func detail(s Style, message string) string {
	if message == "" {
		return ""
	}
	return " (" + s.text(message) + ")"
}

// paragraph writes a labelled text and aligns its further lines.
func paragraph(w io.Writer, indent, label, text string, s Style) {
	if text == "" {
		return
	}
	lines := strings.Split(text, "\n")
	line(w, indent+s.faint(fmt.Sprintf("%-7s ", label+":"))+lines[0])
	for _, l := range lines[1:] {
		line(w, strings.TrimRight(indent+strings.Repeat(" ", 8)+l, " "))
	}
}

// line writes to a buffer that returns its first error from Flush.
func line(w io.Writer, text string) { _, _ = io.WriteString(w, text+"\n") }
