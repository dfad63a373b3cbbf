package wizard

import (
	"fmt"
	"slices"
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
		foot = append(foot, remedy(r.saved, "", width))
	}
	foot = append(foot, r.list.flat(width))
	bottom := strings.Join(foot, "\n")
	r.setPage(tabs[r.tab].rows(r, width), width, max(height-lipgloss.Height(bottom)-3, 1))
	r.actionsAt = r.pane.height + 3 + lipgloss.Height(bottom) - lipgloss.Height(r.list.flat(width))
	return r.tabLine(width) + "\n\n" + r.pane.view() + "\n\n" + bottom
}

// planSteps lists what the install does, or says why there is no plan.
func (r *review) planSteps(width int) string {
	if r.plan == nil {
		return strings.Join(append([]string{r.planMissing(width)}, r.faultLines(width)...), "\n")
	}
	var lines []string
	for i, sentence := range r.shown.Sentences {
		lines = append(lines, display.Indent(fmt.Sprintf("%d. %s", i+1, sentence), width))
	}
	return strings.Join(lines, "\n") + r.countLine(width)
}

// planMissing says in one sentence why there is no plan, and what to do.
func (r *review) planMissing(width int) string {
	text := "There is no plan yet."
	switch {
	case r.preparing.running():
		text = r.spinner() + " Pulling the chart and preparing the plan… " + since(r.now(), r.preparing.startedAt)
		return r.styles.Muted.Render(display.Wrap(text, width))
	case len(r.faults) > 0:
		text = "There is no plan, because some answers need to be fixed. Press e to change the first of them."
	case r.failure != "" && r.isReported(r.failure):
		text = "There is no plan, because a check failed. Fix what it names, then press r."
	case r.failure != "":
		text = "There is no plan: " + strings.TrimSuffix(question.UseTitles(r.failure), ".") + ". Fix it, then press r."
	}
	return r.styles.Bad.Render(display.Wrap(display.GlyphFailed+" "+text, width))
}

// isReported reports whether a failed check says the same as an error.
func (r *review) isReported(text string) bool {
	return slices.ContainsFunc(r.failed(), func(row checkRow) bool {
		message := row.result.Message
		return message != "" && (strings.Contains(text, message) || strings.Contains(message, text))
	})
}

// faultLines lists the problems with the answers that no failed check names.
func (r *review) faultLines(width int) []string {
	var lines []string
	for _, fault := range r.faults {
		if !r.isReported(fault.Summary) {
			lines = append(lines, display.Indent(display.GlyphBullet+" "+question.DescribeFault(fault), width))
		}
	}
	return lines
}

func (r *review) valuesTitle() string {
	title := "Values for " + r.shown.Chart + ", secrets masked"
	if r.shown.Sensitive {
		title += " (the file contains a secret)"
	}
	return title
}

// problemRows renders the failed checks and the warnings, with their remedies.
func (r *review) problemRows(width int) []pageRow {
	var rows []pageRow
	for _, status := range []check.Status{check.Failed, check.Warned} {
		for _, row := range r.rows.with(status) {
			key, _ := r.responses.ForResult(*row.result)
			rows = append(rows, pageRow{strings.Join(r.problem(row, width), "\n"), key})
		}
	}
	return rows
}

// problem renders a check that failed or warned, with its remedy.
func (r *review) problem(row checkRow, width int) []string {
	line := r.styles.Mark(narrate.CheckMark(row.result.Status)) + " " + row.check.ID
	if row.result.Refuted() {
		line += ": " + row.result.Title()
	}
	lines := []string{display.Hang(line, claimColumn, width),
		display.Indent("  "+question.UseTitles(row.result.Message), width)}
	if row.result.Remedy != "" {
		lines = append(lines, remedy(question.UseTitles(row.result.Remedy), "  ", width))
	}
	if hint := r.fixHint(*row.result); hint != "" {
		lines = append(lines, display.Indent("  "+hint, width))
	}
	return lines
}

// claimColumn is the column of a check's claim, after its mark.
const claimColumn = 10

// checksPage shows what failed, what warned and what is running, and counts the other
// checks. It lists them, too, if the user asked for that.
func (r *review) checksPage(width int) []pageRow {
	if r.checksError != "" {
		return textRows(r.styles.Bad.Render(display.GlyphFailed+" The checks could not run: ") + r.checksError)
	}
	var p blocks
	p.add(r.problemRows(width))
	p.add(textRows(r.runningLines(width)))
	for _, status := range []check.Status{check.Pass, check.Skipped} {
		p.add(textRows(r.foldedLines(r.rows.with(status), narrate.CheckMark(status), width)))
	}
	if len(p.rows) == 0 {
		return textRows(r.styles.Muted.Render("No check has run yet."))
	}
	return p.rows
}

// foldedLines counts checks with the same result, and lists them if the user asked for it.
func (r *review) foldedLines(rows checkRows, mark display.Mark, width int) string {
	if len(rows) == 0 {
		return ""
	}
	if !r.unfolded {
		line := r.styles.Tone(mark.Tone).Render(fmt.Sprintf("%s %d %s", mark.Glyph, len(rows), mark.Word))
		return line + "  " + r.styles.Key.Render("a") + r.styles.Muted.Render(" shows them")
	}
	var lines []string
	for _, row := range rows {
		line := r.styles.Mark(mark) + " " + row.result.Title()
		if row.result.Message != "" {
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
			doing = " checking, then " + r.operation.Doing() + "; any key waits… "
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
