package wizard

import (
	"cmp"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/huh"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/wizard/question"
)

// form is the screen of a step's questions; one of them is open. It is rebuilt
// after each answer, because answers change which questions apply.
type form struct {
	*session
	step           answers.Step
	questions      []question.Question
	at             int
	field          huh.Field           // of the open question
	text           string              // the content of the field
	before         question.Checkpoint // when the question was opened
	previousAnswer string              // then
	filled         []string            // the keys that a pasted URL answered
	filledAt       string              // the key of the question where it was pasted
	unused         string              // a sentence about the parts of the URL that are not used
	keepsHidden    bool                // that answer is hidden, and an empty text keeps it
	fault          string
	hidden         hiddenInput
	touched        bool         // a key was pressed since the question was opened
	typing         bool         // an answer that is not among the choices
	filter         string       // shortens a long list
	sourceCheck    *task        // checks whether a source is readable
	queuedKeys     []tea.KeyMsg // typed during the check
	pane           pane
	visited        bool
	lastFocus      focus // what the pane last scrolled to
	fieldAt        int   // the line of the field in the pane
	search         databaseSearch
	cleaned        string // a sentence about what was removed from the last answer

	// only is the key of the one question that is asked, or "" for all of the step.
	only string
	// extraQuestions returns additional questions that are not answers. Their
	// keys start with "@".
	extraQuestions func() []question.Question
	// onExtra handles the answer to an extra question.
	onExtra func(key, value string) (move, tea.Cmd)
	// note is text between a question's help and its field.
	note func(question.Question) string
	// onAnswer is called after each answer.
	onAnswer func(key string) tea.Cmd
}

func newForm(s *session, step answers.Step) *form {
	return &form{session: s, step: step, pane: pane{styles: s.styles}}
}

func (f *form) enter(key string) tea.Cmd {
	f.visited = true
	f.rebuild()
	if key == "" && f.at < len(f.questions) {
		return f.open(f.at)
	}
	for i, q := range f.questions {
		if q.Key == key {
			cmd := f.open(i)
			if f.responses.Typed(key) != "" {
				f.showFault()
			}
			return cmd
		}
	}
	return f.open(0)
}

// rebuild gets the current questions.
func (f *form) rebuild() {
	if f.only != "" {
		q, _ := f.responses.ByKey(f.only)
		f.questions, f.at = []question.Question{q}, 0
		return
	}
	f.questions = f.responses.Questions(f.step)
	if f.extraQuestions != nil {
		f.questions = append(f.questions, f.extraQuestions()...)
	}
	f.at = min(f.at, max(len(f.questions)-1, 0))
}

// open opens a question.
func (f *form) open(i int) tea.Cmd {
	if len(f.questions) == 0 {
		return nil
	}
	f.sourceCheck.drop()
	f.at, f.fault, f.hidden, f.queuedKeys = min(max(i, 0), len(f.questions)-1), "", hiddenInput{}, nil
	f.touched, f.typing, f.filter = false, false, ""
	f.before = f.responses.Checkpoint()
	f.previousAnswer = f.responses.Typed(f.current().Key)
	f.keepsHidden = f.responses.IsHidden(f.current().Field)
	return tea.Batch(f.focusField(), f.refreshPreview())
}

// focusField creates and focuses the open question's field.
func (f *form) focusField() tea.Cmd {
	f.field, f.text = f.newField(f.current())
	return f.field.Focus()
}

func (f *form) current() question.Question { return f.questions[f.at] }

// openKey returns the key of the open question, or "" before there is one.
func (f *form) openKey() string {
	if len(f.questions) == 0 {
		return ""
	}
	return f.current().Key
}

// isChoosing reports whether the open question offers a list.
func (f *form) isChoosing() bool { return len(f.current().Choices) > 0 && !f.typing }

func (f *form) update(msg tea.Msg) (move, tea.Cmd) {
	switch msg := msg.(type) {
	case stepCheckMsg:
		f.stepChecked(msg)
		return move{}, nil
	case previewMsg:
		f.preview.take(msg.text)
		return move{}, nil
	case stepReportMsg:
		return move{}, nil
	case databaseMsg:
		return move{}, f.databaseFound(msg)
	}
	if len(f.questions) == 0 {
		return move{}, nil
	}
	switch msg := msg.(type) {
	case sourceReadMsg:
		return f.sourceRead(msg.err)
	case concealMsg:
		f.conceal(msg)
		return move{}, nil
	}
	key, ok := msg.(tea.KeyMsg)
	if !ok {
		return move{}, f.updateField(msg)
	}
	f.touched = true
	if f.sourceCheck.running() && key.String() != "esc" {
		f.queuedKeys = append(f.queuedKeys, key)
		return move{}, nil
	}
	if key.Paste {
		if f.fillFromURL(string(key.Runes)) {
			return move{}, f.open(f.at)
		}
		return move{}, f.updateField(msg)
	}
	if f.isChoosing() && f.filterKey(key) {
		return move{}, f.focusField()
	}
	switch name := key.String(); name {
	case "enter", "tab":
		return f.commit()
	case "esc":
		if f.isDoubleEsc() {
			return f.toReview(), nil
		}
		return f.goBack()
	case "shift+tab":
		return f.goBack()
	case "ctrl+r":
		return move{}, f.reveal()
	case "pgup", "pgdown":
		f.pane.key(name)
		return move{}, nil
	case "home", "end":
		if f.isChoosing() {
			return move{}, f.chooseEnd(name == "end")
		}
	case "up", "down":
		if f.isChoosing() {
			break
		}
		if name == "up" {
			return f.goBack()
		}
		return f.commit()
	}
	return move{}, f.updateField(msg)
}

// updateField passes a message to the open field and stores its content.
func (f *form) updateField(msg tea.Msg) tea.Cmd {
	updated, cmd := f.field.Update(msg)
	f.field = updated.(huh.Field)
	text, _ := f.field.GetValue().(string)
	if text == f.text {
		return cmd
	}
	f.text, f.fault = text, ""
	if !f.isChoosing() {
		f.takeTyped(strings.TrimSpace(text))
	}
	return cmd
}

// takeTyped stores the field's content as the answer so far. A confirmed secret is
// stored only when it is complete.
func (f *form) takeTyped(text string) {
	q := f.current()
	f.updateEcho()
	switch {
	case q.Kind == answers.Secret && q.Confirm:
	case f.keepsHidden:
		f.responses.Type(q.Key, cmp.Or(text, f.previousAnswer))
	default:
		f.responses.Type(q.Key, text)
	}
}

// commit validates the answer and moves to the next question or step.
func (f *form) commit() (move, tea.Cmd) {
	q := f.current()
	if strings.HasPrefix(q.Key, "@") {
		return f.onExtra(q.Key, f.text)
	}
	if f.isChoosing() {
		if f.text == otherChoice {
			f.typing, f.filter = true, ""
			return move{}, f.focusField()
		}
		f.responses.Type(q.Key, f.text)
	}
	if f.fillFromURL(f.text) && f.unused != "" {
		return move{}, f.open(f.at) // to show what is not used
	}
	if q.Confirm {
		if again, cmd := f.confirmHidden(q); again {
			return move{}, cmd
		}
	}
	f.responses.ExpandHome(q.Key, f.options.Home)
	f.cleaned = f.responses.CleanHost(q.Key)
	f.responses.AcceptEmpty(q)
	if f.showFault() {
		return move{}, nil
	}
	if source, ok := f.responses.LocalSource(q.Field); ok {
		return move{}, f.checkSource(source)
	}
	return f.acceptAnswer()
}

// acceptAnswer moves on from a question with a valid answer.
func (f *form) acceptAnswer() (move, tea.Cmd) {
	q := f.current()
	changed := f.responses.Typed(q.Key) != f.previousAnswer
	if changed {
		delete(f.problems, q.Key)
		f.remember(change{step(f.step), q.Key, f.before})
	}
	var cmd tea.Cmd
	if f.onAnswer != nil {
		cmd = f.onAnswer(q.Key)
	}
	cmd = tea.Batch(cmd, f.saveProgress(step(f.step)))
	if changed && f.stepChecks[step(f.step)] != nil {
		cmd = tea.Batch(cmd, f.checkStep())
	}
	f.rebuild()
	if f.resumeAt != "" && f.step != answers.StepCluster && (changed || !f.fixing) {
		f.fixing = false
		if to := f.resumeMove(); to != (move{kind: jump, to: step(f.step)}) {
			return to, cmd
		}
	}
	if next := f.nextQuestion(); next < len(f.questions) {
		return move{}, tea.Batch(cmd, f.open(next))
	}
	return f.finish(cmd)
}

// finish leaves the form unless an answer is still invalid.
func (f *form) finish(cmd tea.Cmd) (move, tea.Cmd) {
	if fault, bad := f.responses.FirstFault(f.step); bad && f.only == "" {
		return move{}, tea.Batch(cmd, f.enter(fault.Key))
	}
	return move{kind: next}, tea.Batch(cmd, f.checkStep())
}

// showFault displays the open question's fault, if any.
func (f *form) showFault() bool {
	fault, bad := f.responses.Fault(f.current().Key)
	f.fault = ""
	if bad {
		f.fault = fault.Summary
		if fault.Remedy != "" {
			f.fault += "; " + fault.Remedy
		}
	}
	return bad
}
