package report

import (
	"fmt"
	"strings"

	"github.com/zenml-installer/zenml-installer/checks/check"
)

// Pages returns the reference pages of a table of checks by file name: one per group,
// with an anchor for every id. They are the content of docs/checks.
func Pages(table []check.Check) map[string]string {
	pages := map[string]*strings.Builder{}
	var order []string
	for _, c := range table {
		name := c.Group() + ".md"
		if pages[name] == nil {
			pages[name] = &strings.Builder{}
			fmt.Fprintf(
				pages[name],
				"# Checks: %s\n\nGenerated from the tables of the program: `go test ./checks -update`.\n",
				c.Group(),
			)
			order = append(order, c.Group())
		}
		section(pages[name], c)
	}
	all := map[string]string{"README.md": index(table, order), healthyPage: healthy(table)}
	for name, b := range pages {
		all[name] = b.String()
	}
	return all
}

// healthyPage lists what the checks accept.
const healthyPage = "healthy-set-ups.md"

func healthy(table []check.Check) string {
	var b strings.Builder
	b.WriteString("# Healthy set-ups\n\nGenerated from the tables of the program: `go test ./checks -update`.\n\n" +
		"These set-ups look unusual and are healthy. No check fails on them; a test of each check tries them. Where the\n" +
		"evidence of a check is indirect, it warns.\n\n| set-up | check |\n|---|---|\n")
	for _, c := range table {
		for _, setup := range c.Accepts {
			fmt.Fprintf(&b, "| %s | %s |\n", setup, links([]string{c.ID}))
		}
	}
	return b.String()
}

func section(b *strings.Builder, c check.Check) {
	fmt.Fprintf(b, "\n<a id=\"%s\"></a>\n\n## %s\n\n%s.\n\n", c.ID, c.ID, sentence(c.Claim))
	fmt.Fprintf(b, "**Reason:** %s.\n\n**Finds:**\n\n", sentence(c.Reason))
	for _, f := range c.Finds {
		fmt.Fprintf(b, "- %s\n", f)
	}
	if len(c.Accepts) > 0 {
		fmt.Fprintf(b, "\n**Accepts:**\n\n- %s\n", strings.Join(c.Accepts, "\n- "))
	}
	facts := []string{severityWords(c), "time limit " + c.TimeLimit().String()}
	if len(c.Needs) > 0 {
		facts = append(facts, "needs "+links(c.Needs))
	}
	if c.Writes {
		facts = append(facts, "creates something for a moment, so `--read-only` skips it")
	}
	fmt.Fprintf(b, "\n%s.\n\nSkip it: `--skip %s`. Only warn: `--warn-only %s`.\n",
		sentence(strings.Join(facts, "; ")), c.ID, c.ID)
}

func severityWords(c check.Check) string {
	if c.Severity == check.ShouldPass {
		return "a fault is a warning"
	}
	return "a fault stops the install, except those marked as warnings"
}

func links(ids []string) string {
	var all []string
	for _, id := range ids {
		group, _, _ := strings.Cut(id, ".")
		all = append(all, fmt.Sprintf("[%s](%s.md#%s)", id, group, id))
	}
	return strings.Join(all, ", ")
}

func sentence(text string) string {
	text = strings.TrimSuffix(text, ".")
	return strings.ToUpper(text[:1]) + text[1:]
}

func index(table []check.Check, groups []string) string {
	var b strings.Builder
	b.WriteString("# Preflight checks\n\nEvery check has an id, which never changes its meaning.\n" +
		"`zenml-installer preflight` runs all checks; `--only`, `--skip` and `--warn-only` take ids and groups.\n\n| id | claim |\n|---|---|\n")
	for _, c := range table {
		fmt.Fprintf(&b, "| [%s](%s.md#%s) | %s |\n", c.ID, c.Group(), c.ID, c.Claim)
	}
	fmt.Fprintf(&b, "\nGroups: %s.\n\n[Healthy set-ups](%s) lists unusual set-ups that the checks accept.\n",
		strings.Join(groups, ", "), healthyPage)
	return b.String()
}
