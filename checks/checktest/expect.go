package checktest

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/zenml-installer/zenml-installer/checks/check"
)

// seen records the statuses that tests observed, by check id, and the healthy set-ups.
var seen = struct {
	sync.Mutex
	faults, passes map[string]int
	accepted       map[string]bool // by id and set-up
}{faults: map[string]int{}, passes: map[string]int{}, accepted: map[string]bool{}}

// Expect asserts the status of a check and that its message, reason or remedy
// contains every text. It records the status.
func Expect(t *testing.T, r check.Report, id string, status check.Status, texts ...string) check.Result {
	t.Helper()
	result, ok := r.ByID(id)
	if !ok {
		t.Errorf("%s is not in the report", id)
		return result
	}
	if result.Status != status {
		t.Errorf("%s is %s, want %s: %s\n%s", id, result.Status, status, result.Message, result.Remedy)
		return result
	}
	for _, text := range texts {
		if !strings.Contains(result.Message+"\n"+result.Reason+"\n"+result.Remedy, text) {
			t.Errorf("%s does not mention %q:\n%s\n%s", id, text, result.Message, result.Remedy)
			return result
		}
	}
	if status == check.Failed || status == check.Warned {
		verifyFault(t, result)
	}
	record(id, status)
	return result
}

// Accept asserts as Expect does that a healthy set-up does not fail a check. The set-up is
// one of Check.Accepts.
func Accept(t *testing.T, r check.Report, id, setup string, status check.Status, texts ...string) check.Result {
	t.Helper()
	result := Expect(t, r, id, status, texts...)
	if status == check.Failed || !slices.Contains(result.Check.Accepts, setup) {
		t.Errorf("%s does not list %q among what it accepts, or fails", id, setup)
	}
	seen.Lock()
	defer seen.Unlock()
	seen.accepted[id+": "+setup] = true
	return result
}

func record(id string, status check.Status) {
	seen.Lock()
	defer seen.Unlock()
	switch status {
	case check.Pass:
		seen.passes[id]++
	case check.Failed, check.Warned:
		seen.faults[id]++
	case check.Skipped:
	}
}
