package wizard

import (
	"fmt"
	"slices"
	"strings"

	"github.com/charmbracelet/lipgloss"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/display"
	"github.com/zenml-installer/zenml-installer/wizard/narrate"
)

// tab is a part of the review.
type tab struct {
	name string
	rows func(r *review, width int) []pageRow
}

// pageRow is a part of a page, and the question that it is about, or "".
type pageRow struct{ text, key string }

// textRows returns a text that is about no question; none if it is empty.
func textRows(text string) []pageRow {
	if text == "" {
		return nil
	}
	return []pageRow{{text: text}}
}

// blocks are the rows of a page of the review, with an empty line between them.
type blocks struct{ rows []pageRow }

// add appends a block below an optional title, unless it is empty.
func (p *blocks) add(block []pageRow, title ...string) {
	if len(block) == 0 {
		return
	}
	if len(p.rows) > 0 {
		p.rows = append(p.rows, pageRow{})
	}
	for _, text := range title {
		p.rows = append(p.rows, pageRow{text: text})
	}
	p.rows = append(p.rows, block...)
}

// tabs are the parts of the review, the most important first.
var tabs = []tab{
	{"Plan", (*review).planPage},
	{"Answers", (*review).answersPage},
	{"Checks", (*review).checksPage},
	{"Changes", func(r *review, width int) []pageRow { return textRows(r.diffText(width)) }},
	{"Values", func(r *review, width int) []pageRow { return textRows(r.valuesText(width)) }},
	{"Commands", func(r *review, width int) []pageRow { return textRows(r.commandsText(width)) }},
}

// setPage shows a page, and keeps which question each of its lines is about.
func (r *review) setPage(rows []pageRow, width, height int) {
	var texts []string
	r.rowKeys = nil
	for _, row := range rows {
		text := strings.TrimRight(display.Wrap(row.text, width), "\n")
		texts = append(texts, text)
		r.rowKeys = append(r.rowKeys, slices.Repeat([]string{row.key}, lipgloss.Height(text))...)
	}
	r.pane.set(strings.Join(texts, "\n"), width, height)
}

// turn opens the next tab, or the one before.
func (r *review) turn(by int) {
	r.tab = (r.tab + by + len(tabs)) % len(tabs)
	r.pane.offset = 0
}

// tabLine shows the tabs.
func (r *review) tabLine(width int) string {
	var parts []string
	for i := range tabs {
		if i == r.tab {
			parts = append(parts, r.styles.Selected.Render("["+r.tabName(i)+"]"))
		} else {
			parts = append(parts, r.styles.Muted.Render(" "+r.tabName(i)+" "))
		}
	}
	return display.Truncate(strings.Join(parts, " "), width)
}

// tabName is the name of a tab, with the number of checks that need attention.
func (r *review) tabName(i int) string {
	name := tabs[i].name
	if n := r.tally(); name == "Checks" && n.Failed+n.Warnings > 0 {
		name += fmt.Sprintf(" %d", n.Failed+n.Warnings)
	}
	return name
}

// clickTab turns to the tab at a column.
func (r *review) clickTab(column int) {
	from := 0
	for i := range tabs {
		to := from + lipgloss.Width(r.tabName(i)) + 2
		if column >= from && column < to {
			r.turn(i - r.tab)
			return
		}
		from = to + 1
	}
}

// planPage shows what needs attention, what the install does, and which checks are
// running. What needs attention comes first if it stops the install.
func (r *review) planPage(width int) []pageRow {
	var p blocks
	section := func(title, text string) { p.add(textRows(text), r.styles.Title.Render(title)) }
	attention := func() { p.add(r.problemRows(width), r.styles.Title.Render("Needs attention")) }
	if r.tally().Failed > 0 {
		attention()
	}
	section("Plan", r.planSteps(width))
	section("Chosen for you", display.Wrap(r.volumeNote, width))
	section("Changes to the release", strings.Join(r.shown.Changes, "\n"))
	section("Not taken over from the release", display.Wrap(strings.Join(r.importNotes, "\n"), width))
	if r.tally().Failed == 0 {
		attention()
	}
	section("Running checks", r.runningLines(width))
	section("Objects", r.objectLines(width))
	if r.checksError != "" {
		p.add(r.checksPage(width))
	}
	return p.rows
}

// countLine counts the objects of the plan, or says why it cannot.
func (r *review) countLine(width int) string {
	switch {
	case r.shown.Unknown != "":
		return "\n" + display.Wrap("Cannot compare the plan with the cluster: "+r.shown.Unknown, width)
	case len(r.shown.Objects.Objects) == 0:
		return ""
	}
	return "\n" + display.Wrap("Objects: "+narrate.PlanCounts(r.shown.Objects.Counts()), width)
}

// objectLines lists the objects that the install writes.
func (r *review) objectLines(width int) string {
	var lines []string
	for _, o := range r.shown.Objects.Changing() {
		lines = append(lines, display.Truncate(narrate.PlanLine(r.styles, o), width))
	}
	for _, note := range r.shown.Objects.Notes {
		lines = append(lines, display.Wrap(note, width))
	}
	return strings.Join(lines, "\n")
}

// commandsText shows the equivalent commands.
func (r *review) commandsText(width int) string {
	if r.plan == nil {
		return r.planMissing(width)
	}
	return command(strings.Join(r.shown.Commands, "\n"), width) + "\n\n" + r.styles.Key.Render("c") +
		r.styles.Muted.Render(" copies them")
}

// diffText shows the differences between the cluster and the plan.
func (r *review) diffText(width int) string {
	switch {
	case r.plan == nil:
		return r.planMissing(width)
	case r.shown.Unknown != "":
		return strings.TrimPrefix(r.countLine(width), "\n")
	}
	var blocks []string
	for _, o := range r.shown.Objects.Changing() {
		if o.Diff != "" {
			blocks = append(blocks, narrate.PlanLine(r.styles, o)+"\n"+narrate.PlanDiff(r.styles, o.Diff))
		}
	}
	if len(blocks) == 0 {
		return r.styles.Muted.Render("No object changes.")
	}
	var lines []string
	for _, line := range strings.Split(strings.Join(blocks, "\n\n"), "\n") {
		lines = append(lines, display.Truncate(line, width))
	}
	return strings.Join(lines, "\n")
}

// runningLines renders the checks that have not finished.
func (r *review) runningLines(width int) string {
	var lines []string
	for _, row := range r.rows {
		if row.result == nil {
			lines = append(lines, display.Truncate(r.styles.Mark(r.runningMark())+" "+row.check.Claim, width))
		}
	}
	return strings.Join(lines, "\n")
}

// answersPage lists the answers by step, and the advanced settings that are set.
func (r *review) answersPage(width int) []pageRow {
	var p blocks
	for _, at := range answers.Steps {
		questions := r.responses.Questions(at)
		if at == answers.StepAdvanced {
			questions = r.responses.Advanced()
		}
		var rows []pageRow
		for _, q := range questions {
			text, isDefault := r.responses.Display(q)
			if text == "" || q.Advanced && isDefault {
				continue
			}
			if isDefault {
				text += r.styles.Muted.Render(" (default)")
			}
			title := lipgloss.NewStyle().Width(titleColumns).Render(display.Truncate(q.Title, titleColumns-1))
			rows = append(rows, pageRow{display.Truncate(title+text, width), q.Key})
		}
		p.add(rows, r.styles.Title.Render(string(at)))
	}
	return p.rows
}

func (r *review) valuesText(width int) string {
	if r.plan == nil {
		return r.planMissing(width)
	}
	return r.styles.Title.Render(r.valuesTitle()) + "\n\n" + yamlLines(r.shown.Values, width)
}
