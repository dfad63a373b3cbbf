package wizard

import (
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
)

func TestValuesAreBesideQuestions(t *testing.T) {
	p := newPerson(t)
	p.handle(tea.WindowSizeMsg{Width: 160, Height: 40})
	p.throughCluster().sees("custom-values.yaml", "type: none").press("down", "enter").sees("+ type: mysql")
	p.to("database.mysql.host").press("db.example.com", "enter").sees("+ host: db.example.com")
	if strings.Contains(p.screen(), "+ type: mysql") {
		t.Error("an older answer is marked")
	}
	p.to("database.mysql.user").press("zen").to("database.mysql.password").press(canary, "enter")
	p.noCanary()
	p.handle(tea.WindowSizeMsg{Width: 135, Height: 40})
	if strings.Contains(p.screen(), "custom-values.yaml") {
		t.Error("there is no room for the values")
	}
}
