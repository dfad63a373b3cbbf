package wizard

import (
	"context"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
)

func TestCheckAgainIgnoresLateResults(t *testing.T) {
	p := newPerson(t)
	p.stage.hold = make(chan struct{})
	p.throughCluster().toReview().sees("running the API server answers", "checking")
	r := p.m.screen().(*review)
	first := r.checking
	p.press("r").sees("running the API server answers")
	close(p.stage.hold)
	p.sees("5 passed", "in 1.2s")
	p.handle(taskMsg{id: first.id, msg: checkMsg{Check: stageChecks[0]}})
	if n := r.tally(); n.Passed != 5 {
		t.Errorf("a message of the dropped run was used: %+v", n)
	}
}

func TestWriteValuesOnlyAsksBeforeOverwriting(t *testing.T) {
	p := newPerson(t)
	p.stage.written["custom-values.yaml"] = true
	p.throughCluster().toReview().press("w").sees("custom-values.yaml already exists.").press("esc")
	if p.m.outcomeWithAnswers().Values != "" {
		t.Fatal("esc overwrote the file")
	}
	p.press("w").sees("already exists").press("o").sees("Wrote custom-values.yaml").press("q").leaves()
	if got := p.m.outcomeWithAnswers(); got.Ending != Wrote || got.Values != "custom-values.yaml" {
		t.Errorf("%+v", got)
	}
}

// TestInstallBeforeThePlan says that there is nothing to install yet.
func TestInstallBeforeThePlan(t *testing.T) {
	p := newPerson(t).throughCluster().toReview().sees("in 1.2s")
	r := p.m.screen().(*review)
	ready := planMsg{plan: r.plan}
	r.plan = nil
	r.preparing, _ = r.begin(r, func(context.Context, func(tea.Msg)) tea.Msg { return nil })
	p.press("i").sees("The plan is not ready yet")
	r.planReady(ready)
	if strings.Contains(p.screen(), "not ready yet") {
		t.Errorf("the screen still says so:\n%s", p.screen())
	}
}
