package wizard

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/lipgloss"

	"github.com/zenml-installer/zenml-installer/internal/display"
	"github.com/zenml-installer/zenml-installer/wizard/question"
)

func (a *advanced) view(width, height int) string {
	if a.editing != nil {
		return a.editing.view(width, height)
	}
	rows := a.rows()
	a.at = min(a.at, max(len(rows)-1, 0))
	head := a.head(len(rows), width)
	lines := make([]string, len(rows))
	for i, row := range rows {
		lines[i] = a.rowLine(row, i == a.at, width)
	}
	a.pane.set(strings.Join(lines, "\n"), width, max(height-lipgloss.Height(head)-1, 1))
	a.pane.show(a.at, a.at+1)
	return head + "\n\n" + a.pane.view()
}

// head is the title with what the step is for, or the search.
func (a *advanced) head(found, width int) string {
	title := a.styles.Title.Render("Advanced settings")
	if a.search != "" {
		return title + "\n" + display.Truncate("/ "+a.search+"  "+
			a.styles.Muted.Render(display.Count(found, "setting")), width)
	}
	total := len(a.responses.Advanced())
	return title + "\n" + a.styles.Muted.Render(display.Wrap(fmt.Sprintf("%s that most installs leave alone. "+
		"Type to search.", display.Count(total, "setting")), width))
}

func (a *advanced) rowLine(row advancedRow, chosen bool, width int) string {
	text := "Continue to the review"
	switch {
	case row.isSetting():
		text = a.settingLine(row.setting)
	case row.topic != "":
		text = fmt.Sprintf("%-22s", row.topic) + a.summary(row.topic)
	}
	line := "  " + text
	if chosen {
		line = a.styles.Selected.Render(display.GlyphPointer+" ") + text
	}
	return display.Truncate(line, width)
}

// The widths of the titles below a topic, and of those with their topic.
const (
	titleColumns = 34
	foundColumns = 48
)

// settingLine is a setting with its value. Below its topic it is indented; among
// what a search found it names its topic.
func (a *advanced) settingLine(q question.Question) string {
	title, columns := "  "+q.Title, titleColumns
	if a.search != "" {
		title, columns = q.Topic()+": "+q.Title, foundColumns
	}
	line := lipgloss.NewStyle().Width(columns).Render(display.Truncate(title, columns-1))
	if fault, bad := a.responses.Fault(q.Key); bad {
		return line + a.styles.Bad.Render(display.GlyphFailed+" "+fault.Summary)
	}
	if suggested := a.responses.Suggestion(q); suggested != "" {
		return line + a.styles.Warn.Render(suggested+" is suggested")
	}
	text, isDefault := a.responses.Display(q)
	switch {
	case text == "":
		return line + a.styles.Muted.Render("not set")
	case isDefault:
		return line + a.styles.Muted.Render(text+" (default)")
	}
	return line + text
}

// summary lists what is set in a topic.
func (a *advanced) summary(topic string) string {
	var set []string
	for _, q := range a.responses.Advanced() {
		if q.Topic() != topic {
			continue
		}
		if suggested := a.responses.Suggestion(q); suggested != "" {
			set = append(set, q.Title+": "+suggested+" is suggested")
			continue
		}
		text, isDefault := a.responses.Display(q)
		if text != "" && !isDefault {
			set = append(set, q.Title+" "+text)
		}
	}
	return strings.Join(set, " · ")
}
