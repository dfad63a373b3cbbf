package wizard

import (
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"

	"github.com/zenml-installer/zenml-installer/install/connect"
)

func TestQRCode(t *testing.T) {
	code := qrCode("https://zenml.example.com", quietZone)
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
	if got := qrCode(strings.Repeat("x", 5000), quietZone); got != "" {
		t.Error("a text that no code holds has one")
	}
}

// TestQRCodeFitsTheWindow shows the whole code at 80x24, and says how large a smaller
// window must be.
func TestQRCodeFitsTheWindow(t *testing.T) {
	p := newPerson(t)
	p.stage.server = Server{Address: connect.Address{URL: "https://zenml.platform.example.com"}}
	p.throughCluster().toReview().sees("in 1.2s").press("enter").stage.finish <- nil
	p.sees("From other machines").press("r").sees("r hides the code")
	code := qrCode("https://zenml.platform.example.com", quietZone)
	if lines := strings.Split(strings.TrimRight(code, "\n"), "\n"); !strings.Contains(p.screen(), lines[len(lines)-1]) {
		t.Errorf("the code does not fit:\n%s", p.screen())
	}
	p.handle(tea.WindowSizeMsg{Width: 80, Height: 16})
	p.sees("needs a window of at least")
	p.handle(tea.WindowSizeMsg{Width: 80, Height: 24})
	p.press("r").sees("From other machines")
}
