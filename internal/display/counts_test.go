package display

import (
	"testing"
	"time"
)

func TestDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Second: "0.0s", 400 * time.Millisecond: "0.4s", 12500 * time.Millisecond: "12s",
		185 * time.Second: "3m05s", time.Hour + 2*time.Minute: "1h02m",
	} {
		if got := Duration(d); got != want {
			t.Errorf("Duration(%v) = %q, want %q", d, got, want)
		}
	}
}

func TestElapsed(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Second: "0s", 3900 * time.Millisecond: "3s", 75 * time.Second: "1m15s", 3 * time.Hour: "3h00m",
	} {
		if got := Elapsed(d); got != want {
			t.Errorf("Elapsed(%v) = %q, want %q", d, got, want)
		}
	}
}

func TestTally(t *testing.T) {
	if got, want := (Tally{Passed: 41, Warnings: 1, Skipped: 3}).String(), "41 passed, 1 warning, 0 failed, 3 skipped"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := Count(2, "node"); got != "2 nodes" {
		t.Errorf("got %q", got)
	}
}
