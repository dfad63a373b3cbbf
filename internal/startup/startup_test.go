package startup

import (
	"runtime/debug"
	"testing"
	"time"
)

// TestRelaxed relaxes the garbage collection, and ends that after a while.
func TestRelaxed(t *testing.T) {
	if !isRelaxed {
		t.Skip("GOGC is set")
	}
	if got := percent(); got != relaxed {
		t.Errorf("%d percent at the start", got)
	}
	Begin()
	for end := time.Now().Add(10 * duration); percent() != usual; time.Sleep(duration / 20) {
		if time.Now().After(end) {
			t.Fatalf("still %d percent", percent())
		}
	}
}

// percent returns the target of the garbage collection.
func percent() int {
	now := debug.SetGCPercent(usual)
	debug.SetGCPercent(now)
	return now
}

// TestGOGC leaves the decision to the user.
func TestGOGC(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(50))
	if relax() || percent() != 50 {
		t.Errorf("%d percent", percent())
	}
}
