package wizard

import "testing"

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
