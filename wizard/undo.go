package wizard

import (
	"slices"
	"strconv"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/wizard/question"
)

// change is an answer that can be taken back.
type change struct {
	step   step
	key    string
	before question.Checkpoint
}

// maxUndo is how many answers can be taken back.
const maxUndo = 100

// remember notes that an answer has changed.
func (s *session) remember(c change) {
	s.changes = append(s.changes, c)
	s.changes = s.changes[max(len(s.changes)-maxUndo, 0):]
}

// undo takes the last answer back and opens its question.
func (m *model) undo() tea.Cmd {
	if len(m.changes) == 0 || m.isInstalling() {
		return nil
	}
	last := m.changes[len(m.changes)-1]
	m.changes = m.changes[:len(m.changes)-1]
	m.responses.Restore(last.before)
	m.comeBack()
	return m.follow(move{kind: jump, to: last.step, key: last.key})
}

// comeBack lets the next change of an answer lead back to the review, if the user comes
// from there.
func (m *model) comeBack() {
	if m.at == stepReview || m.fixing && m.resumeAt == stepReview {
		m.resumeAt, m.fixing = stepReview, true
		return
	}
	m.resumeAt, m.fixing = "", false
}

// isInstalling reports whether the install has begun, so that no answer counts any
// more.
func (m *model) isInstalling() bool { return m.at == stepInstall || m.at == stepConnect }

// goToStep opens a step of the rail, counted from 1, or the first one before it that
// needs an answer. From there the questions are asked in turn; if the user comes from the
// review, a change leads back there.
func (m *model) goToStep(number int) tea.Cmd {
	steps := m.steps()
	review := slices.Index(steps, stepReview)
	if m.isInstalling() || m.at == stepStart || number < 1 || number-1 > review {
		return nil
	}
	m.comeBack()
	to := m.firstIncomplete(steps[number-1])
	if questions := m.responses.Questions(answers.Step(to.to)); to.key == "" && len(questions) > 0 &&
		to.to != step(answers.StepAdvanced) {
		to.key = questions[0].Key
	}
	return m.follow(to)
}

// stepKey returns the step that a key opens: alt and a digit, or the digit alone
// where it is no input. It returns 0 for other keys.
func (m *model) stepKey(msg tea.KeyMsg) int {
	if msg.Type != tea.KeyRunes || len(msg.Runes) != 1 || !msg.Alt && m.takesDigits() {
		return 0
	}
	number, err := strconv.Atoi(string(msg.Runes))
	if err != nil {
		return 0
	}
	return number
}

// stepKeys are the keys that move between steps.
func (m *model) stepKeys() []binding {
	var keys []binding
	if m.isInstalling() || m.at == stepStart {
		return nil
	}
	digits := "1–9"
	if m.takesDigits() {
		digits = "alt+1–9"
	}
	keys = append(keys, binding{digits, "step"})
	if len(m.changes) > 0 {
		keys = append(keys, binding{"ctrl+_", "undo"})
	}
	return keys
}

// takesDigits reports whether a digit is input on the screen.
func (m *model) takesDigits() bool {
	switch at := m.screen().(type) {
	case *form:
		return at.takesDigits()
	case *cluster:
		return at.takesDigits()
	case *review:
		return false
	}
	return true
}

// takesDigits reports whether a digit is part of an answer, or of a search.
func (f *form) takesDigits() bool {
	return len(f.questions) == 0 || !f.isChoosing() || len(f.current().Choices) >= longList
}

// wantsMouse reports whether the mouse is used.
func (m *model) wantsMouse() bool {
	if m.dialog != nil || m.help != nil {
		return m.help == nil
	}
	at, clickable := m.screen().(clickable)
	return clickable && at.wantsMouse()
}

// clickBody passes a click to the dialog or the screen.
func (m *model) clickBody(column, line int) tea.Cmd {
	var to move
	var cmd tea.Cmd
	if m.dialog != nil {
		to, cmd = m.clickDialog(line, m.measure, m.rows)
	} else if at, clickable := m.screen().(clickable); clickable && at.wantsMouse() {
		to, cmd = at.click(column, line)
	}
	return tea.Batch(cmd, m.follow(to))
}

// followMouse turns the mouse on or off when the screen changes.
func (m *model) followMouse() tea.Cmd {
	if wants := m.wantsMouse(); wants != m.mouse {
		m.mouse = wants
		if wants {
			return tea.EnableMouseCellMotion
		}
		return tea.DisableMouse
	}
	return nil
}

// click opens the step of the rail, or selects what is below the mouse. The wheel scrolls.
func (m *model) click(msg tea.MouseMsg) tea.Cmd {
	line, left := msg.Y-m.headRows, 1
	if m.rail {
		left += railWidth + 2
	}
	switch {
	case msg.Action != tea.MouseActionPress || m.help != nil:
		return nil
	case msg.Button == tea.MouseButtonWheelUp:
		return m.key(tea.KeyMsg{Type: tea.KeyUp})
	case msg.Button == tea.MouseButtonWheelDown:
		return m.key(tea.KeyMsg{Type: tea.KeyDown})
	case msg.Button != tea.MouseButtonLeft:
		return nil
	case m.dialog == nil && m.rail && msg.X <= railWidth && line >= 0:
		return m.goToStep(line + 1)
	case m.dialog == nil && !m.rail && msg.Y == 1:
		return m.goToStep(m.flatStep(msg.X - 1))
	case line >= 0:
		return m.clickBody(msg.X-left, line)
	}
	return nil
}

func (f *form) goBack() (move, tea.Cmd) {
	switch {
	case f.typing:
		f.responses.Type(f.current().Key, f.previousAnswer)
		return move{}, f.open(f.at)
	case f.hidden.first != "":
		return move{}, f.open(f.at)
	case f.at == 0:
		f.dropRefused()
		f.sourceCheck.drop()
		return move{kind: back}, nil
	}
	f.dropRefused()
	return move{}, f.open(f.at - 1)
}

// dropRefused restores the previous answer if the one that was typed is not valid, so that
// no list shows it as the answer.
func (f *form) dropRefused() {
	key := f.openKey()
	if _, bad := f.responses.Fault(key); bad && f.responses.Typed(key) != f.previousAnswer {
		f.responses.Type(key, f.previousAnswer)
	}
}

// doubleEsc is the longest time between two presses of Esc that go to the review.
const doubleEsc = 400 * time.Millisecond

// isDoubleEsc reports whether Esc was pressed twice, in any questions, and the review has
// been open before.
func (s *session) isDoubleEsc() bool {
	last := s.lastEsc
	s.lastEsc = s.now()
	if last.IsZero() || s.lastEsc.Sub(last) > doubleEsc || !s.reviewed {
		return false
	}
	s.lastEsc = time.Time{}
	return true
}

// toReview goes to the review, or to the first question before it that needs an answer.
func (f *form) toReview() move {
	f.dropRefused()
	f.sourceCheck.drop()
	f.resumeAt, f.fixing = "", false
	return f.firstIncomplete(stepReview)
}
