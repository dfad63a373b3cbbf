package standin

import "testing"

func TestRevisionOrder(t *testing.T) {
	for _, c := range []struct {
		at, version string
		known       bool
		steps       int
	}{
		{"", "0.98.1", false, 3},
		{"", "0.84.3", false, 1},
		{"0.84.3", "0.98.1", true, 2},
		{"0.84.3", "0.84.3", true, 0},
		{"0.94.2", "0.98.1", true, 1},
		{"0.98.1", "0.98.1-rc1", true, 0},
		{"0.98.10", "0.98.9", false, 0},
		{"0.99.0", "0.98.1", false, 0},
		{"1.0.0", "0.98.1", false, 0},
		{"1d8f30c54477", "0.98.1", false, 3},
	} {
		if got := known(c.at, c.version); got != c.known {
			t.Errorf("known(%q, %q) = %v", c.at, c.version, got)
		}
		if got := len(pending(c.at, c.version)); got != c.steps {
			t.Errorf("pending(%q, %q): %d steps, want %d", c.at, c.version, got, c.steps)
		}
	}
}
