package wizard

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/lipgloss"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/display"
	"github.com/zenml-installer/zenml-installer/wizard/narrate"
)

// tab is a part of the review.
type tab struct {
	name string
	text func(r *review, width int) string
}

// tabs are the parts of the review, the most important first.
var tabs = []tab{
	{"Plan", (*review).planText},
	{"Answers", (*review).answersText},
	{"Checks", (*review).checksText},
	{"Changes", (*review).diffText},
	{"Values", (*review).valuesText},
	{"Commands", (*review).commandsText},
}

// turn opens the next tab, or the one before.
func (r *review) turn(by int) {
	r.tab = (r.tab + by + len(tabs)) % len(tabs)
	r.pane.offset = 0
}

// tabLine shows the tabs, with the number of checks that need attention.
func (r *review) tabLine(width int) string {
	var parts []string
	for i, t := range tabs {
		name := t.name
		if n := r.tally(); t.name == "Checks" && n.Failed+n.Warnings > 0 {
			name += fmt.Sprintf(" %d", n.Failed+n.Warnings)
		}
		if i == r.tab {
			name = r.styles.Selected.Render("[" + name + "]")
		} else {
			name = r.styles.Muted.Render(" " + name + " ")
		}
		parts = append(parts, name)
	}
	return display.Truncate(strings.Join(parts, " "), width)
}

// planText shows what needs attention, what the install does, and which checks are
// running. What needs attention comes first if it stops the install.
func (r *review) planText(width int) string {
	var blocks []string
	section := func(title, text string) {
		if text != "" {
			blocks = append(blocks, r.styles.Title.Render(title)+"\n"+strings.TrimRight(text, "\n"))
		}
	}
	attention := func() { section("Needs attention", r.problemLines(width)) }
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
		blocks = append(blocks, r.checksText(width))
	}
	return strings.Join(blocks, "\n\n")
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
	return command(strings.Join(r.shown.Commands, "\n"), width)
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

// answersText lists the answers by step, and the advanced settings that are set.
func (r *review) answersText(width int) string {
	var blocks []string
	for _, at := range answers.Steps {
		questions := r.responses.Questions(at)
		if at == answers.StepAdvanced {
			questions = r.responses.Advanced()
		}
		var lines []string
		for _, q := range questions {
			text, isDefault := r.responses.Display(q)
			if text == "" || q.Advanced && isDefault {
				continue
			}
			if isDefault {
				text += r.styles.Muted.Render(" (default)")
			}
			title := lipgloss.NewStyle().Width(titleColumns).Render(display.Truncate(q.Title, titleColumns-1))
			lines = append(lines, display.Truncate(title+text, width))
		}
		if len(lines) > 0 {
			blocks = append(blocks, r.styles.Title.Render(string(at))+"\n"+strings.Join(lines, "\n"))
		}
	}
	return strings.Join(blocks, "\n\n")
}

func (r *review) valuesText(width int) string {
	if r.plan == nil {
		return r.planMissing(width)
	}
	return r.styles.Title.Render(r.valuesTitle()) + "\n\n" + yamlLines(r.shown.Values, width)
}
