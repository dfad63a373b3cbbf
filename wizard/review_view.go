package wizard

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/lipgloss"

	"github.com/zenml-installer/zenml-installer/checks/check"

	"github.com/zenml-installer/zenml-installer/internal/display"
	"github.com/zenml-installer/zenml-installer/wizard/narrate"
	"github.com/zenml-installer/zenml-installer/wizard/question"
)

func (r *review) view(width, height int) string {
	foot := []string{r.checksLine()}
	if r.note != "" {
		foot = append(foot, r.styles.Bad.Render(display.Wrap(display.GlyphFailed+" "+r.note, width)))
	}
	if r.valuesPath != "" {
		foot = append(foot, r.styles.Good.Render(display.Wrap(display.GlyphDone+" Wrote "+r.valuesPath, width)))
	}
	if r.saved != "" {
		foot = append(foot, display.Wrap(r.saved, width))
	}
	foot = append(foot, r.list.flat(width))
	bottom := strings.Join(foot, "\n")
	r.pane.set(tabs[r.tab].text(r, width), width, max(height-lipgloss.Height(bottom)-3, 1))
	return r.tabLine(width) + "\n\n" + r.pane.view() + "\n\n" + bottom
}

func (r *review) sentences(width int) string {
	switch {
	case r.failure != "":
		return r.styles.Bad.Render(display.GlyphFailed+" Cannot prepare the install: ") + r.failure
	case len(r.faults) > 0:
		lines := []string{r.styles.Bad.Render(display.GlyphFailed + " Some answers need to be fixed:")}
		for _, fault := range r.faults {
			lines = append(lines, display.Indent(display.GlyphBullet+" "+question.DescribeFault(fault), width))
		}
		return strings.Join(lines, "\n")
	case r.preparing.running():
		return r.styles.Muted.Render(
			r.spinner() + " Pulling the chart and preparing the plan… " + since(
				r.now(),
				r.preparing.startedAt,
			),
		)
	}
	var lines []string
	for i, sentence := range r.shown.Sentences {
		lines = append(lines, display.Indent(fmt.Sprintf("%d. %s", i+1, sentence), width))
	}
	return strings.Join(lines, "\n")
}

func (r *review) valuesTitle() string {
	title := "Values for " + r.shown.Chart + ", secrets masked"
	if r.shown.Sensitive {
		title += " (the file contains a secret)"
	}
	return title
}

// problemLines renders the failed checks and the warnings, with their remedies.
func (r *review) problemLines(width int) string {
	var lines []string
	for _, status := range []check.Status{check.Failed, check.Warned} {
		for _, row := range r.rows {
			if row.result == nil || row.result.Status != status {
				continue
			}
			line := r.styles.Mark(narrate.CheckMark(status)) + " " + row.check.ID
			if row.result.Refuted() {
				line += ": " + row.result.Title()
			}
			lines = append(lines, display.Hang(line, claimColumn, width))
			lines = append(lines, display.Indent("  "+question.UseTitles(row.result.Message), width))
			if row.result.Remedy != "" {
				lines = append(lines, display.Indent("  "+question.UseTitles(row.result.Remedy), width))
			}
			if hint := r.fixHint(*row.result); hint != "" {
				lines = append(lines, display.Indent("  "+hint, width))
			}
		}
	}
	return strings.Join(lines, "\n")
}

// claimColumn is the column of a check's claim, after its mark.
const claimColumn = 10

// checkLines renders every check on a line.
func (r *review) checkLines(width int) string {
	if r.checksError != "" {
		return r.styles.Bad.Render(display.GlyphFailed+" The checks could not run: ") + r.checksError
	}
	var lines []string
	for _, row := range r.rows {
		if row.result == nil {
			lines = append(lines, display.Truncate(r.styles.Mark(r.runningMark())+" "+row.check.Claim, width))
			continue
		}
		line := r.styles.Mark(narrate.CheckMark(row.result.Status)) + " " + row.result.Title()
		if row.result.Status == check.Skipped || row.result.Status == check.Pass && row.result.Message != "" {
			line += r.styles.Muted.Render(": " + question.UseTitles(row.result.Message))
		}
		lines = append(lines, display.Hang(line, claimColumn, width))
	}
	return strings.Join(lines, "\n")
}

// tally counts the checks that have finished.
func (r *review) tally() display.Tally { return r.rows.tally() }

// checksLine renders a summary of the checks; it is always visible.
func (r *review) checksLine() string {
	parts := []string{r.styles.Tally(r.tally())}
	switch {
	case r.checking.running():
		doing := " checking… "
		if r.installNext {
			doing = " checking, then installing; any key waits… "
		}
		parts = append(parts,
			r.styles.Accent.Render(r.spinner()+doing+since(r.now(), r.checking.startedAt)))
	case r.report != nil:
		parts = append(parts, r.styles.Muted.Render("in "+display.Duration(r.report.Duration)))
	}
	return r.styles.Title.Render("Checks  ") + strings.Join(parts, "  ")
}

// sideView renders the values if the window is wide enough.
func (r *review) sideView(width, height int) string {
	p := pane{styles: r.styles}
	p.set(r.valuesText(width), width, height)
	return p.view()
}
