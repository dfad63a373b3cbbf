package wizard

import (
	"fmt"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"
)

var short = [][2]int{{80, 14}, {40, 12}, {80, 24}}

// pointed returns the line with the cursor, or "" if it is not visible.
func (p *person) pointed() string {
	for line := range strings.SplitSeq(ansi.Strip(p.m.View()), "\n") {
		if _, after, found := strings.Cut(line, "› "); found {
			return strings.TrimSpace(after)
		}
	}
	return ""
}

func TestCursorOptionIsVisible(t *testing.T) {
	for _, size := range short {
		for _, key := range []string{"database.type", "database.mysql.tls.mode", "secretsStore.type", "expose.type"} {
			t.Run(fmt.Sprintf("%s-%dx%d", key, size[0], size[1]), func(t *testing.T) {
				p := newPerson(t).throughCluster()
				if strings.HasPrefix(key, "database.mysql") {
					p.throughMySQL()
				}
				p.to(key).handle(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
				choices := p.form().current().Choices
				for _, move := range []string{"down", "up"} {
					for range choices {
						p.press(move)
						if got := p.pointed(); got == "" || !strings.HasPrefix(optionTitle(p), got) {
							t.Fatalf("%q is selected but the cursor is at %q\n%s", optionTitle(p), got, p.m.View())
						}
					}
				}
			})
		}
	}
}

// optionTitle returns the title of the selected option.
func optionTitle(p *person) string {
	for _, o := range p.form().current().Choices {
		if o.Value == p.form().text {
			return o.Title
		}
	}
	return ""
}

func TestFaultIsVisible(t *testing.T) {
	p := newPerson(t).throughCluster().throughMySQL()
	p.handle(tea.WindowSizeMsg{Width: 40, Height: 12})
	p.press("shift+tab", "shift+tab", "shift+tab", "zehn", "enter").sees("zehn", "enter digits only")
}
