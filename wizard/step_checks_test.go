package wizard

import (
	"testing"

	tea "github.com/charmbracelet/bubbletea"
)

func TestStepIsCheckedBesideTheNext(t *testing.T) {
	p := newPerson(t)
	p.stage.stepChecks = true
	p.throughCluster().sees("Checks", "1 passed", "1 warning").throughMySQL().press("enter", "enter").sees("3 passed")
	p.until("the checks to end", func() bool { return p.m.screens["Database"].state() == done })
}

func TestFailedStepCheckLeadsToItsQuestionAndBack(t *testing.T) {
	p := newPerson(t)
	p.stage.stepChecks, p.stage.stepFailing = true, true
	p.throughCluster().throughMySQL().press("enter", "enter").sees("database.login: MySQL refuses user zenml",
		"ctrl+g goes there")
	at, key := p.m.at, p.form().current().Key
	if got := p.m.screens["Database"].state(); got != failed {
		t.Errorf("the rail says %s", got)
	}
	p.handle(tea.KeyMsg{Type: tea.KeyCtrlG})
	if p.form().current().Key != "database.mysql.password" {
		t.Fatalf("not led to the password\n%s", p.m.View())
	}
	p.stage.stepFailing = false
	p.press("another", "enter").sees("3 passed")
	if p.m.at != at || p.form().current().Key != key {
		t.Errorf("not back at %s\n%s", key, p.m.View())
	}
	if len(p.m.problems) > 0 {
		t.Errorf("problems are left: %v", p.m.problems)
	}
}

func TestFixReturnsToTheQuestionOfTheSameStep(t *testing.T) {
	for _, left := range []string{"database.mysql.user", "database.mysql.tls.mode"} {
		t.Run(left, func(t *testing.T) {
			p := newPerson(t)
			p.stage.stepChecks, p.stage.stepFailing = true, true
			p.throughCluster().throughMySQL().press("enter", "enter").sees("ctrl+g goes there")
			p.run(p.m.follow(move{kind: jump, to: "Database", key: left}))
			p.handle(tea.KeyMsg{Type: tea.KeyCtrlG})
			p.handle(tea.KeyMsg{Type: tea.KeyCtrlG}) // it is open already
			p.stage.stepFailing = false
			p.press("another", "enter").sees("3 passed")
			if got := p.form().current().Key; got != left {
				t.Errorf("the fix leads to %s, not back to %s\n%s", got, left, p.m.View())
			}
		})
	}
}

func TestFixReturnsToALaterQuestionOfAStep(t *testing.T) {
	p := newPerson(t)
	p.stage.stepChecks, p.stage.stepFailing = true, true
	p.throughCluster().throughMySQL().press("enter", "enter").sees("ctrl+g goes there")
	p.to("expose.type").press("down", "enter").to("expose.ingress.class")
	p.handle(tea.KeyMsg{Type: tea.KeyCtrlG})
	p.stage.stepFailing = false
	p.press("another", "enter").sees("3 passed")
	if got := p.form().current().Key; got != "expose.ingress.class" {
		t.Errorf("the fix leads to %s\n%s", got, p.m.View())
	}
}

// TestRailShowsChecksOfTheReview marks the steps whose checks failed or warned, until the
// answer changes.
func TestRailShowsChecksOfTheReview(t *testing.T) {
	p := newPerson(t)
	p.stage.failing = true
	p.throughCluster().throughMySQL().toReview().sees("1 failed", "in 1.2s", "! Cluster ✗ Database ✓ Secrets")
	p.press("e").sees("! Cluster ● Database ✓ Secrets ✓ Access").stage.failing = false
	p.press("another", "enter").sees("in 1.2s", "5 passed", "! Cluster ✓ Database")
}
