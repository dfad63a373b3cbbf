package wizard

import (
	"time"

	"github.com/zenml-installer/zenml-installer/internal/display"
)

// frameTime is how long a frame of the spinner is shown.
const frameTime = 125 * time.Millisecond

// frames of the spinner; each is one column wide.
var (
	frames      = []string{"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"}
	framesASCII = []string{"|", "/", "-", "\\"}
)

// spinner returns the glyph of what is running. It moves, unless the terminal or the
// user does not want it.
func (s *session) spinner() string {
	if !s.options.Terminal.Motion {
		return display.GlyphRunning
	}
	shown := frames
	if s.options.Terminal.ASCII {
		shown = framesASCII
	}
	return shown[int(s.now().UnixNano()/int64(frameTime))%len(shown)]
}

// runningMark is the mark of a check or an object that is running.
func (s *session) runningMark() display.Mark {
	mark := display.Running
	mark.Glyph = s.spinner()
	return mark
}

// tickTime is the time between two updates of what is shown as running.
func (s *session) tickTime() time.Duration {
	if s.options.Terminal.Motion {
		return frameTime
	}
	return time.Second
}
