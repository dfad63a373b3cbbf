package checks

import (
	"slices"
	"strings"
	"sync"
	"testing"
)

// proofs are the tests that saw a check find its fault, or pass, by id.
var proofs = struct {
	sync.Mutex
	faults, passes map[string][]string
}{faults: map[string][]string{}, passes: map[string][]string{}}

// expect asserts how a check ended, and that its message or hint has every
// text, and records that this was seen for real.
func expect(t *testing.T, r Report, id string, status Status, texts ...string) Result {
	t.Helper()
	result, ok := r.ByID(id)
	if !ok {
		t.Errorf("%s is not in the report", id)
		return result
	}
	if result.Status != status {
		t.Errorf("%s is %s, want %s: %s\n%s", id, result.Status, status, result.Message, result.Hint)
		return result
	}
	for _, text := range texts {
		if !strings.Contains(result.Message+"\n"+result.Why+"\n"+result.Hint, text) {
			t.Errorf("%s does not say %q:\n%s\n%s", id, text, result.Message, result.Hint)
			return result
		}
	}
	if status == Failed || status == Warned {
		if result.Hint == "" || result.Why == "" {
			t.Errorf("%s has a fault without a remedy or a reason: %s", id, result.Message)
			return result
		}
	}
	record(t, id, status)
	return result
}

func record(t *testing.T, id string, status Status) {
	proofs.Lock()
	defer proofs.Unlock()
	into := map[Status]map[string][]string{Pass: proofs.passes, Failed: proofs.faults, Warned: proofs.faults}[status]
	if into != nil && !slices.Contains(into[id], t.Name()) {
		into[id] = append(into[id], t.Name())
	}
}
