package wizard

import (
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/zenml-installer/zenml-installer/internal/display"
	"github.com/zenml-installer/zenml-installer/wizard/theme"
)

func TestSpinnerMovesUnlessMotionIsReduced(t *testing.T) {
	at := time.Unix(1000, 0)
	s := &session{now: func() time.Time { return at }}
	if got := s.spinner(); got != display.GlyphRunning || s.tickTime() != time.Second {
		t.Errorf("%q moves", got)
	}
	for _, ascii := range []bool{false, true} {
		s.options.Terminal = theme.Terminal{Motion: true, ASCII: ascii}
		first := s.spinner()
		at = at.Add(s.tickTime())
		if second := s.spinner(); second == first || len([]rune(second)) != 1 || ascii && second[0] > '~' {
			t.Errorf("%q after %q", second, first)
		}
	}
}

func TestMarksOfRunningInstallMove(t *testing.T) {
	at := time.Unix(1000, 0)
	p := newPerson(t, func(o *Options) {
		o.Terminal.Motion, o.Now = true, func() time.Time { return at }
	})
	p.handle(tea.WindowSizeMsg{Width: 120, Height: 40})
	atInstall(p)
	lines := strings.Split(p.m.View(), "\n")
	at = at.Add(frameTime)
	moving := 0
	for i, line := range strings.Split(p.m.View(), "\n") {
		if strings.ContainsAny(line, strings.Join(frames, "")) && line != lines[i] {
			moving++
		}
	}
	if moving < 3 { // a step, an object, and the line at the bottom
		t.Errorf("%d marks move:\n%s", moving, p.m.View())
	}
	if strings.Contains(p.m.View(), display.GlyphRunning) {
		t.Errorf("a mark does not move:\n%s", p.m.View())
	}
}
