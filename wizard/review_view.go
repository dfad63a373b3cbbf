package wizard

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/lipgloss"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/wizard/narrate"
	"github.com/zenml-installer/zenml-installer/wizard/question"
	"github.com/zenml-installer/zenml-installer/wizard/theme"
)

func (r *review) view(width, height int) string {
	foot := []string{r.checksLine()}
	if r.note != "" {
		foot = append(foot, r.styles.Bad.Render(wrap(theme.Bad+" "+r.note, width)))
	}
	if r.valuesPath != "" {
		foot = append(foot, r.styles.Good.Render(wrap(theme.Done+" Written: "+r.valuesPath, width)))
	}
	foot = append(foot, r.list.flat(width))
	bottom := strings.Join(foot, "\n")
	r.pane.set(r.document(width), width, max(height-lipgloss.Height(bottom)-1, 1))
	return r.pane.view() + "\n\n" + bottom
}

// document is everything there is to review, one section after the other.
func (r *review) document(width int) string {
	var b strings.Builder
	section := func(title, text string) {
		if text != "" {
			b.WriteString(r.styles.Title.Render(title) + "\n" + strings.TrimRight(text, "\n") + "\n\n")
		}
	}
	if r.countRows().failed > 0 {
		section("Needs attention", r.problemLines(width))
	}
	section("What will be done", r.sentences(width))
	section("What changes in the release", strings.Join(r.shown.Changes, "\n"))
	if r.countRows().failed == 0 {
		section("Needs attention", r.problemLines(width))
	}
	section("Checks", r.checkLines(width))
	if !r.aside || r.shown.Values != "" && (strings.Count(r.shown.Values, "\n")+3 > r.session.rows || !fits(r.shown.Values, asideWidth)) {
		section(r.valuesTitle(), yamlLines(r.shown.Values, width))
	}
	section("The same by hand", command(strings.Join(r.shown.Commands, "\n"), width))
	return strings.TrimRight(b.String(), "\n")
}

func (r *review) sentences(width int) string {
	switch {
	case r.failure != "":
		return r.styles.Bad.Render(theme.Bad+" There is no plan: ") + r.failure
	case len(r.faults) > 0:
		lines := []string{r.styles.Bad.Render(theme.Bad + " The answers make no plan yet:")}
		for _, fault := range r.faults {
			lines = append(lines, indent(theme.Bullet+" "+question.DescribeFault(fault), width))
		}
		return strings.Join(lines, "\n")
	case r.preparing.running():
		return r.styles.Muted.Render(theme.Working + " Pulling the chart and making the plan… " + since(r.now(), r.preparing.startedAt))
	}
	var lines []string
	for i, sentence := range r.shown.Sentences {
		lines = append(lines, indent(fmt.Sprintf("%d. %s", i+1, sentence), width))
	}
	return strings.Join(lines, "\n")
}

func (r *review) valuesTitle() string {
	title := "Values for " + r.shown.Chart + ", secrets masked"
	if r.shown.Sensitive {
		title += " (the file itself holds a secret)"
	}
	return title
}

// attention is the failed checks and the warnings, with their remedies.
func (r *review) problemLines(width int) string {
	var lines []string
	for _, status := range []check.Status{check.Failed, check.Warned} {
		for _, row := range r.rows {
			if row.result == nil || row.result.Status != status {
				continue
			}
			glyph, word, style := narrate.CheckStatus(r.styles, status)
			line := style.Render(glyph+" "+word+" ") + row.check.ID
			if row.result.Refuted() {
				line += " " + r.styles.Muted.Render(row.check.Failure)
			}
			lines = append(lines, line)
			lines = append(lines, indent("  "+question.CheckMessage(row.result.Message), width))
			if row.result.Hint != "" {
				lines = append(lines, indent("  "+question.CheckMessage(row.result.Hint), width))
			}
		}
	}
	return strings.Join(lines, "\n")
}

// table is every check in a line.
func (r *review) checkLines(width int) string {
	if r.checksError != "" {
		return r.styles.Bad.Render(theme.Bad+" The checks could not be made: ") + r.checksError
	}
	var lines []string
	for _, row := range r.rows {
		if row.result == nil {
			lines = append(lines, cut(r.styles.Accent.Render(theme.Working+" now    ")+row.check.Claim, width))
			continue
		}
		glyph, word, style := narrate.CheckStatus(r.styles, row.result.Status)
		line := style.Render(fmt.Sprintf("%s %-6s ", glyph, word)) + row.result.Title()
		if row.result.Status == check.Skipped || row.result.Status == check.Pass && row.result.Message != "" {
			line += r.styles.Muted.Render(": " + question.CheckMessage(row.result.Message))
		}
		lines = append(lines, hang(line, 9, width))
	}
	return strings.Join(lines, "\n")
}

type checkCounts struct{ passed, warned, failed, skipped, running int }

func (r *review) countRows() checkCounts {
	var n checkCounts
	for _, row := range r.rows {
		switch {
		case row.result == nil:
			n.running++
		case row.result.Status == check.Pass:
			n.passed++
		case row.result.Status == check.Warned:
			n.warned++
		case row.result.Status == check.Failed:
			n.failed++
		default:
			n.skipped++
		}
	}
	return n
}

// checksLine sums the checks up, always in sight.
func (r *review) checksLine() string {
	n := r.countRows()
	parts := []string{r.styles.Good.Render(fmt.Sprintf("%s %d ok", theme.Done, n.passed))}
	if n.warned > 0 {
		parts = append(parts, r.styles.Warn.Render(fmt.Sprintf("%s %d warned", theme.Warning, n.warned)))
	}
	if n.failed > 0 {
		parts = append(parts, r.styles.Bad.Render(fmt.Sprintf("%s %d failed", theme.Bad, n.failed)))
	}
	if n.skipped > 0 {
		parts = append(parts, r.styles.Muted.Render(fmt.Sprintf("%s %d skipped", theme.Skipped, n.skipped)))
	}
	switch {
	case r.checking.running():
		parts = append(parts, r.styles.Accent.Render(fmt.Sprintf("%s checking… %s", theme.Working, since(r.now(), r.checking.startedAt))))
	case r.report != nil:
		parts = append(parts, r.styles.Muted.Render("in "+took(r.report.Duration)))
	}
	return r.styles.Title.Render("Checks  ") + strings.Join(parts, "  ")
}

// beside is the values, where the window is wide enough for them.
func (r *review) sideView(width, height int) string {
	p := pane{styles: r.styles}
	text := r.styles.Title.Render(r.valuesTitle()) + "\n\n" + yamlLines(r.shown.Values, width)
	if r.shown.Values == "" {
		text = r.styles.Muted.Render("The values appear here with the plan.")
	}
	p.set(text, width, height)
	return p.view()
}

// indent wraps text and hangs all lines but the first under its beginning.
func indent(text string, width int) string {
	lead := len(text) - len(strings.TrimLeft(text, " "))
	if lead == 0 {
		if head, _, found := strings.Cut(text, " "); found {
			lead = lipgloss.Width(head) + 1
		}
		return hang(text, lead, width)
	}
	lines := strings.Split(wrap(text[lead:], width-lead), "\n")
	return strings.Repeat(" ", lead) + strings.Join(lines, "\n"+strings.Repeat(" ", lead))
}

// hang wraps text so that the lines after the first begin at a column.
func hang(text string, by, width int) string {
	lines := strings.Split(wrap(text, width), "\n")
	if len(lines) == 1 {
		return lines[0]
	}
	rest := strings.Split(wrap(strings.Join(lines[1:], " "), max(width-by, 1)), "\n")
	return lines[0] + "\n" + strings.Repeat(" ", by) + strings.Join(rest, "\n"+strings.Repeat(" ", by))
}
