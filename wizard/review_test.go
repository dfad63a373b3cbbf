package wizard

import (
	"context"
	"errors"
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

// TestChecksPageFoldsWhatPassed shows failures first, and what passed when it is asked for.
func TestChecksPageFoldsWhatPassed(t *testing.T) {
	p := newPerson(t)
	p.stage.failing = true
	p.throughCluster().throughMySQL().toReview().sees("in 1.2s").press("tab", "tab")
	p.sees("database.login: the user cannot log in MySQL refuses user zenml", "3 passed a shows them", "1 skipped a shows")
	shown := p.screen()
	if strings.Index(shown, "cannot log in") > strings.Index(shown, "cluster.permissions") {
		t.Errorf("the warning is before the failure\n%s", shown)
	}
	if strings.Contains(shown, "the chart can be loaded") {
		t.Errorf("a check that passed is listed\n%s", shown)
	}
	p.press("a").press("end").sees("the chart can be loaded: as expected", "needs database.login")
}

// TestPagesWithoutPlan says on each page why there is no plan, and names a failure once.
func TestPagesWithoutPlan(t *testing.T) {
	p := newPerson(t)
	p.stage.failing, p.stage.prepareErr = true, errors.New("prepare: MySQL refuses user zenml (error 1045)")
	p.throughCluster().throughMySQL().toReviewWithoutPlan().sees("1 failed", "in 1.2s", "because a check failed")
	if n := strings.Count(p.screen(), "MySQL refuses user zenml"); n != 1 {
		t.Errorf("the failure is shown %d times\n%s", n, p.screen())
	}
	for _, page := range []string{"Changes", "Values", "Commands"} {
		for !strings.Contains(p.screen(), "["+page+"]") {
			p.press("tab")
		}
		p.sees("There is no plan, because a check failed. Fix what it names, then press r.")
	}
	p.stage.failing, p.stage.prepareErr = false, errors.New("the chart cannot be pulled")
	p.press("r").sees("There is no plan: the chart cannot be pulled. Fix it, then press r.")
	p.stage.prepareErr = nil
	p.press("r").sees("helm install zenml-server", "c copies them").press("c").sees("Copied the commands")
}
