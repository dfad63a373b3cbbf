package narrate

import (
	"fmt"
	"strings"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/install/plan"
	"github.com/zenml-installer/zenml-installer/internal/display"
	"github.com/zenml-installer/zenml-installer/wizard/theme"
)

// planMark is how an action is shown: a sign, a word, and a tone.
var planMarks = map[plan.Action]display.Mark{
	plan.Create:    {Glyph: "+", Word: "create", Tone: display.Good},
	plan.Change:    {Glyph: "~", Word: "change", Tone: display.Warn},
	plan.Delete:    {Glyph: "-", Word: "delete", Tone: display.Bad},
	plan.Unchanged: {Glyph: "=", Word: "leave", Tone: display.Muted},
	plan.Run:       {Glyph: "*", Word: "hook", Tone: display.Accent},
}

// Plan returns the text of a plan: steps, objects with their differences,
// values, data, and a summary as the last line.
func Plan(styles *theme.Styles, r plan.Report) string {
	blocks := []string{planHead(styles, r)}
	section := func(title string, lines ...string) {
		if len(lines) > 0 {
			blocks = append(blocks, styles.Title.Render(title)+"\n"+indentAll(strings.Join(lines, "\n")))
		}
	}
	section("Missing prerequisites", prerequisiteLines(r.Prerequisites, check.Failed)...)
	section("Warnings about the cluster", prerequisiteLines(r.Prerequisites, check.Warned)...)
	section("Installed before the release", installLines(r.Installs)...)
	section("Values that change", r.Values...)
	section("Data", r.Data...)
	for _, o := range r.Objects {
		blocks = append(blocks, strings.TrimRight(PlanLine(styles, o)+"\n"+PlanDiff(styles, o.Diff), "\n"))
	}
	section("Not compared", r.Notes...)
	blocks = append(blocks, planEnd(styles, r))
	return styles.Text(strings.Join(blocks, "\n\n")) + "\n"
}

func planHead(styles *theme.Styles, r plan.Report) string {
	lines := []string{styles.Title.Render("Plan")}
	for i, step := range r.Steps {
		lines = append(lines, fmt.Sprintf("  %d. %s", i+1, step))
	}
	return strings.Join(lines, "\n")
}

// prerequisiteLines describes what checks with a status found.
func prerequisiteLines(found []plan.Prerequisite, status check.Status) []string {
	var lines []string
	for _, p := range found {
		if p.Status != string(status) {
			continue
		}
		lines = append(lines, p.Check+": "+p.Message)
		if p.Remedy != "" {
			lines = append(lines, indentAll(p.Remedy))
		}
	}
	return lines
}

func installLines(installs []plan.Install) []string {
	var lines []string
	for _, i := range installs {
		lines = append(lines, display.Printable(i.String()))
	}
	return lines
}

// PlanLine describes what happens to an object.
func PlanLine(styles *theme.Styles, o plan.Object) string {
	line := styles.Mark(planMarks[o.Action]) + " " + o.String()
	var more []string
	if o.RestartsPods {
		more = append(more, "its pods are replaced")
	}
	if o.AfterActivation {
		more = append(more, afterActivation(o))
	}
	if o.Image != nil {
		more = append(more, "image "+o.Image.From+" -> "+o.Image.To)
	}
	if o.Note != "" {
		more = append(more, o.Note)
	}
	if len(more) > 0 {
		line += ": " + display.Printable(strings.Join(more, "; "))
	}
	return line
}

// afterActivation describes what happens once the server is activated. Until then a
// Service has another type.
func afterActivation(o plan.Object) string {
	if o.Kind == "Service" {
		return "reachable from outside after the activation"
	}
	return "after the activation"
}

// PlanDiff colors a unified diff. Without color it is unchanged.
func PlanDiff(styles *theme.Styles, diff string) string {
	if diff == "" {
		return ""
	}
	lines := strings.Split(strings.TrimRight(diff, "\n"), "\n")
	for i, line := range lines {
		lines[i] = "    " + diffStyle(line).render(styles, display.Printable(line))
	}
	return strings.Join(lines, "\n")
}

// tone is a tone that renders a line.
type tone display.Tone

func (t tone) render(styles *theme.Styles, line string) string {
	return styles.Tone(display.Tone(t)).Render(line)
}

func diffStyle(line string) tone {
	switch {
	case strings.HasPrefix(line, "---"), strings.HasPrefix(line, "+++"), strings.HasPrefix(line, "@@"):
		return tone(display.Muted)
	case strings.HasPrefix(line, "+"):
		return tone(display.Good)
	case strings.HasPrefix(line, "-"):
		return tone(display.Bad)
	}
	return tone(display.Plain)
}

// PlanCounts summarizes a plan: "3 created, 1 changed, 0 deleted, 4 unchanged".
func PlanCounts(c plan.Counts) string {
	text := fmt.Sprintf("%d created, %d changed, %d deleted, %d unchanged", c.Created, c.Changed, c.Deleted,
		c.Unchanged)
	if c.Hooks > 0 {
		text += ", " + display.Count(c.Hooks, "hook") + " run"
	}
	return text
}

func planEnd(styles *theme.Styles, r plan.Report) string {
	counts := PlanCounts(r.Counts) + "."
	if !r.UpToDate {
		return styles.Title.Render("Plan: ") + counts + " Nothing has been changed."
	}
	return styles.Good.Render(display.GlyphDone+" Nothing would change.") + " " + counts +
		fmt.Sprintf(" An install would record revision %d and run the hooks again.", r.Revision+1)
}
