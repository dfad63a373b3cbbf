package wizard

import (
	"testing"
	"time"

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
