package wizard

import (
	"strings"
	"testing"

	"github.com/charmbracelet/lipgloss"
)

func TestQRCode(t *testing.T) {
	code := qrCode("https://zenml.example.com")
	lines := strings.Split(code, "\n")
	if len(lines) != 15 { // 25 modules and two frames of 2, two in a line
		t.Fatalf("%d lines\n%s", len(lines), code)
	}
	for _, line := range lines {
		if lipgloss.Width(line) != 29 {
			t.Errorf("%q is %d wide", line, lipgloss.Width(line))
		}
	}
	// The finder pattern in the upper left corner: a dark frame of 7 modules.
	if want := "██ ▄▄▄▄▄ "; !strings.HasPrefix(lines[1], want) {
		t.Errorf("got %q, want a finder pattern %q", lines[1], want)
	}
	if got := qrCode(strings.Repeat("x", 5000)); got != "" {
		t.Error("a text that no code holds has one")
	}
}
