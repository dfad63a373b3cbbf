package chart

import "testing"

// TestChoose_leadingV returns versions as the repository writes them.
func TestChoose_leadingV(t *testing.T) {
	available := []string{"v1.20.0", "v1.21.2", "v1.22.0-beta.0", "latest"}
	for want, chosen := range map[string]string{"": "v1.21.2", "v1.20.0": "v1.20.0", "1.21.2": "v1.21.2",
		"~1.20": "v1.20.0"} {
		if got, err := choose("https://charts.example.com", want, available); err != nil || got != chosen {
			t.Errorf("%q: %q, %v; want %q", want, got, err, chosen)
		}
	}
}
