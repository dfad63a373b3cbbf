package wizard

import (
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"
)

func TestUndoTakesAnswersBack(t *testing.T) {
	p := newPerson(t).throughCluster().press("down", "enter").to("database.mysql.host")
	p.press("db.example.com", "enter", "3307", "enter").to("database.mysql.user")
	p.handle(tea.KeyMsg{Type: tea.KeyCtrlUnderscore})
	if f := p.form(); f.current().Key != "database.mysql.port" || p.m.responses.Typed("database.mysql.port") != "" {
		t.Fatalf("the port was not taken back\n%s", p.m.View())
	}
	p.handle(tea.KeyMsg{Type: tea.KeyCtrlUnderscore})
	if f := p.form(); f.current().Key != "database.mysql.host" || p.m.responses.Typed("database.mysql.host") != "" {
		t.Fatalf("the host was not taken back\n%s", p.m.View())
	}
	p.handle(tea.KeyMsg{Type: tea.KeyCtrlUnderscore})
	if f := p.form(); f.current().Key != "database.type" || p.m.responses.Typed("database.type") != "" {
		t.Fatalf("the type of the database was not taken back\n%s", p.m.View())
	}
}

func TestNumberOpensStep(t *testing.T) {
	p := newPerson(t).throughCluster().press("enter").to("secretsStore.type")
	if p.press("5"); p.m.at != "More" && p.m.at != "Advanced" {
		t.Fatalf("5 opened %s", p.m.at)
	}
	p.handle(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("2"), Alt: true})
	if p.m.at != "Database" {
		t.Fatalf("alt+2 opened %s", p.m.at)
	}
	p.run(p.m.enter("Database", "database.type"))
	p.press("down", "enter").to("database.mysql.host").press("1")
	if p.m.at != "Database" || p.m.responses.Typed("database.mysql.host") != "1" {
		t.Errorf("a digit of an answer opened %s", p.m.at)
	}
	p.press("backspace")
	p.handle(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("6"), Alt: true})
	if p.m.at != "Database" || p.form().current().Key != "database.mysql.host" {
		t.Errorf("the review was opened without the host: %s", p.m.at)
	}
}

func TestMouseOpensStep(t *testing.T) {
	press := func(x, y int) tea.MouseMsg {
		return tea.MouseMsg{X: x, Y: y, Action: tea.MouseActionPress, Button: tea.MouseButtonLeft}
	}
	p := newPerson(t).throughCluster().press("enter").to("secretsStore.type")
	p.press("shift+tab").handle(press(24, 1)) // "○ Secrets" in the flat rail of 80 columns
	if p.m.at != "Secrets" {
		t.Fatalf("the click opened %s\n%s", p.m.at, p.m.View())
	}
	p.handle(tea.WindowSizeMsg{Width: 120, Height: 40})
	p.handle(press(4, 3))
	if p.m.at != "Database" {
		t.Fatalf("the click opened %s\n%s", p.m.at, p.m.View())
	}
	p.run(p.m.enter("Database", "database.type"))
	p.press("down", "enter").to("database.mysql.host")
	if p.m.mouse {
		t.Error("the mouse is taken while an answer is typed")
	}
}

// click presses the left button at a text on the screen.
func (p *person) click(text string) *person {
	p.t.Helper()
	for y, line := range strings.Split(ansi.Strip(p.m.View()), "\n") {
		if before, _, found := strings.Cut(line, text); found {
			p.handle(tea.MouseMsg{X: lipgloss.Width(before) + 1, Y: y, Action: tea.MouseActionPress,
				Button: tea.MouseButtonLeft})
			return p
		}
	}
	p.t.Fatalf("no %q on the screen\n%s", text, p.m.View())
	return p
}

// TestMouseSelectsChoice selects the choice below the mouse; a second click answers.
func TestMouseSelectsChoice(t *testing.T) {
	for _, width := range []int{80, 120} {
		p := newPerson(t).throughCluster()
		p.handle(tea.WindowSizeMsg{Width: width, Height: 30})
		p.click("Your own MySQL 8 server").sees("› MySQL")
		p.click("Where the server stores").sees("› MySQL") // no choice
		p.click("› MySQL").sees("│ Host")
	}
}

// TestMouseAtStart selects a way to begin, and takes it.
func TestMouseAtStart(t *testing.T) {
	for _, width := range []int{80, 120} {
		p := newPerson(t, func(o *Options) { o.Output = atStart })
		p.handle(tea.WindowSizeMsg{Width: width, Height: 30})
		p.click("MySQL and HTTPS").sees("› Production")
		p.click("The installer asks").sees("› Production")
		p.handle(tea.MouseMsg{Action: tea.MouseActionPress, Button: tea.MouseButtonWheelDown})
		p.sees("› Step by step").click("› Step by step").sees("● Cluster")
	}
}

// TestMouseInReview turns pages, opens the questions of lines, and chooses actions.
func TestMouseInReview(t *testing.T) {
	for _, width := range []int{80, 120} {
		p := newPerson(t)
		p.stage.failing = true
		p.throughCluster().throughMySQL().toReview().sees("1 failed", "in 1.2s")
		p.handle(tea.WindowSizeMsg{Width: width, Height: 30})
		p.click("Commands").sees("[Commands]", "helm install").click("Checks").sees("[Checks 2]")
		p.click("MySQL refuses user").sees("│ Password").stage.failing = false
		p.press("other", "enter").sees("in 1.2s", "5 passed").click("Answers").sees("[Answers]").click("Port  ")
		if f := p.form(); f == nil || f.current().Key != "database.mysql.port" {
			t.Fatalf("the line of an answer opens %s\n%s", p.m.at, p.m.View())
		}
		p.press("9", "enter").sees("in 1.2s", "› Install into").click("Go back (esc)").sees("› Go back").click("Install into sandbox")
		p.sees("› Install into sandbox").click("Install into sandbox").sees("Running upgrade")
	}
}

// TestMouseInDialog selects an option, and chooses it.
func TestMouseInDialog(t *testing.T) {
	p := atInstall(newPerson(t)).press("ctrl+c").sees("› Continue installing")
	if !p.m.wantsMouse() {
		t.Error("the mouse is off")
	}
	p.click("Stop (y)").sees("› Stop").click("It interrupts").sees("› Stop").click("› Stop").sees("The install was stopped")
}

// TestStepKeysAreShown names the keys that open a step, also while an answer is typed.
func TestStepKeysAreShown(t *testing.T) {
	p := newPerson(t).throughCluster().sees("1–9 step").press("down", "enter").sees("│ Host", "alt+1–9 step")
	p.press("f1").sees("Keys", "alt+1–9 step", "ctrl+g question of the first failed check")
}

// TestStepOfTheReviewLeadsBack changes an answer of a step that was opened by its number:
// the review is back, and unchanged answers are asked in turn.
func TestStepOfTheReviewLeadsBack(t *testing.T) {
	p := newPerson(t).throughCluster().throughMySQL().toReview().sees("in 1.2s").press("2")
	p.press("enter").sees("│ Host").press("enter").sees("│ Port").press("9", "enter")
	if p.m.at != stepReview {
		t.Fatalf("a change leads to %s\n%s", p.m.at, p.m.View())
	}
	p.sees("in 1.2s").press("3").to("secretsStore.type").press("2").to("database.mysql.user").press("x", "enter")
	if p.m.at != stepReview {
		t.Errorf("after another step a change leads to %s\n%s", p.m.at, p.m.View())
	}
	p.sees("in 1.2s").handle(tea.KeyMsg{Type: tea.KeyCtrlUnderscore})
	if p.m.at != "Database" || p.form().current().Key != "database.mysql.user" {
		t.Fatalf("undo opens %s", p.m.at)
	}
	p.press("y", "enter")
	if p.m.at != stepReview {
		t.Errorf("after undo a change leads to %s", p.m.at)
	}
}

// Esc goes back one question; pressed twice within 400 ms, to the review that was open.
func TestDoubleEscGoesToReview(t *testing.T) {
	at := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	p := newPerson(t, func(o *Options) { o.Now = func() time.Time { return at } })
	p.throughCluster().throughMySQL().to("expose.type").press("esc", "esc")
	if p.m.at == stepReview {
		t.Fatal("at a review that was not open before")
	}
	at = at.Add(time.Second)
	p.toReview().sees("in 1.2s").press("4").to("expose.type").press("?").sees("it goes to the review").press("x")
	p.press("esc")
	at = at.Add(doubleEsc + time.Millisecond)
	if p.press("esc"); p.m.at == stepReview {
		t.Fatal("two slow presses went to the review")
	}
	at = at.Add(doubleEsc)
	if p.press("esc"); p.m.at != stepReview {
		t.Fatalf("not at the review\n%s", p.m.View())
	}
}
