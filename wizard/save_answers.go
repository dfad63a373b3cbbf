package wizard

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
)

// answersFile is where the answers are saved if the user asks for it.
const answersFile = "answers.yaml"

// SavedAnswers describes an answers file that was written.
type SavedAnswers struct {
	Path        string
	Environment []string // the variables that the secrets are read from, which are not in the file
	Command     string   // that repeats the install unattended
}

// answersSavedMsg is the result of saving the answers.
type answersSavedMsg struct {
	saved SavedAnswers
	err   error
}

// saveAnswers writes the answers into a file that the user keeps.
func (s *session) saveAnswers(owner screen, overwrite bool) tea.Cmd {
	a := s.responses.Answers()
	_, cmd := s.begin(owner, func(context.Context, func(tea.Msg)) tea.Msg {
		saved, err := s.engine.SaveAnswers(answersFile, a, overwrite)
		return answersSavedMsg{saved, err}
	})
	return cmd
}

// saveOption is the action that saves the answers.
func (s *session) saveOption(owner screen) option {
	return option{"s", "Save the answers", func() (move, tea.Cmd) { return move{}, s.saveAnswers(owner, false) }}
}

// answersSaved asks before it overwrites a file, and returns what to tell the user.
func (s *session) answersSaved(owner screen, msg answersSavedMsg) (note string) {
	switch {
	case errors.Is(msg.err, fs.ErrExist):
		s.openDialog(answersFile+" already exists.", "Overwriting it discards its current content.",
			option{"o", "Overwrite", func() (move, tea.Cmd) { return move{}, s.saveAnswers(owner, true) }},
			option{"k", "Keep it", nil})
		return ""
	case msg.err != nil:
		return "Could not write the answers: " + msg.err.Error()
	}
	return msg.saved.sentence()
}

// sentence says what was saved, and how it is used.
func (a SavedAnswers) sentence() string {
	text := fmt.Sprintf("Saved the answers in %s. This repeats the install:\n  %s", a.Path, a.Command)
	if len(a.Environment) > 0 {
		text += "\nSecrets are not in the file: it reads them from " + strings.Join(a.Environment, ", ") + "."
	}
	return text
}
