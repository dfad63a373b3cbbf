package wizard

import (
	tea "github.com/charmbracelet/bubbletea"

	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// saveProgress saves the current answers. A failure is ignored: it is no reason
// to interrupt the user.
func (s *session) saveProgress(at step) tea.Cmd {
	a := s.responses.Answers()
	atStart := at == step(answers.StepCluster) && !s.isConfirmed() && !s.keeper.Holds()
	if s.options.Unfinished == "" || at == stepStart || atStart {
		return nil // nothing worth saving yet
	}
	if s.resumeAt != "" {
		at = s.resumeAt
	}
	finished := s.outcome.Ending == Installed
	s.writes++
	number := s.writes
	return func() tea.Msg {
		if s.work.begin() {
			defer s.work.done()
			s.writeProgress(number, a, at, finished)
		}
		return nil
	}
}

// writeProgress writes the file unless a later write has finished.
func (s *session) writeProgress(number int, a answers.Answers, at step, finished bool) {
	s.writing.Lock()
	defer s.writing.Unlock()
	if number < s.written {
		return
	}
	s.written = number
	if finished {
		_ = s.keeper.Finish(a)
		return
	}
	_ = s.keeper.Save(a, string(at))
}
