package wizard

import (
	"cmp"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/huh"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/wizard/question"
)

// form is the screen of a step that asks: its questions one below the other,
// of which one is open. It is rebuilt from the list of questions after each
// answer, because answers change what is asked.
type form struct {
	*session
	step      answers.Step
	questions []question.Question
	at        int
	field     huh.Field // of the open question
	text      string    // what the field holds
	before    string    // the answer when the question was opened
	fault     string
	blind     blind
	reading   *task        // looks whether a source can be read
	waiting   []tea.KeyMsg // came in meanwhile
	pane      pane
	visited   bool
	shown     focus // what the pane was brought into view for

	// extra appends questions that are not answers; their keys begin with "@".
	extra func() []question.Question
	// chosen is told of the answer to an extra question.
	chosen func(key, value string) (move, tea.Cmd)
	// note is text between a question's help and its field.
	note func(question.Question) string
	// changed is told of every answer that was given.
	changed func(key string) tea.Cmd
}

func newForm(s *session, step answers.Step) *form {
	return &form{session: s, step: step, pane: pane{look: s.look}}
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
			f.judge()
			return cmd
		}
	}
	return f.open(0)
}

// rebuild asks the sheet again what is to be asked.
func (f *form) rebuild() {
	f.questions = f.sheet.Questions(f.step)
	if f.extra != nil {
		f.questions = append(f.questions, f.extra()...)
	}
	f.at = min(f.at, max(len(f.questions)-1, 0))
}

// open makes a question the one that is answered.
func (f *form) open(i int) tea.Cmd {
	if len(f.questions) == 0 {
		return nil
	}
	f.reading.drop()
	f.at, f.fault, f.blind, f.waiting = min(max(i, 0), len(f.questions)-1), "", blind{}, nil
	f.before = f.sheet.Typed(f.current().Key)
	return f.begun()
}

// begun makes the open question's field anew.
func (f *form) begun() tea.Cmd {
	f.field, f.text = f.newField(f.current())
	return f.field.Focus()
}

func (f *form) current() question.Question { return f.questions[f.at] }

// choosing tells whether the open question offers a list.
func (f *form) choosing() bool { return len(f.current().Choices) > 0 }

func (f *form) update(msg tea.Msg) (move, tea.Cmd) {
	if len(f.questions) == 0 {
		return move{}, nil
	}
	if msg, ok := msg.(readMsg); ok {
		return f.wasRead(msg.err)
	}
	key, ok := msg.(tea.KeyMsg)
	if !ok {
		return move{}, f.feed(msg)
	}
	if f.reading.running() && key.String() != "esc" {
		f.waiting = append(f.waiting, key)
		return move{}, nil
	}
	if key.Paste {
		return move{}, f.feed(msg)
	}
	switch name := key.String(); name {
	case "enter", "tab":
		return f.commit()
	case "shift+tab", "esc":
		return f.previous()
	case "pgup", "pgdown":
		f.pane.key(name)
		return move{}, nil
	case "up", "down":
		if f.choosing() {
			break
		}
		if name == "up" {
			return f.previous()
		}
		return f.commit()
	}
	return move{}, f.feed(msg)
}

// feed gives a message to the open field and keeps what was typed.
func (f *form) feed(msg tea.Msg) tea.Cmd {
	updated, cmd := f.field.Update(msg)
	f.field = updated.(huh.Field)
	text, _ := f.field.GetValue().(string)
	if text == f.text {
		return cmd
	}
	f.text, f.fault = text, ""
	if !f.choosing() {
		f.typed(strings.TrimSpace(text))
	}
	return cmd
}

// typed takes what the field holds as the answer so far.
func (f *form) typed(text string) {
	q := f.current()
	if q.Kind != answers.Secret {
		f.sheet.Type(q.Key, text)
		return
	}
	f.echo()
	if !q.Twice { // that is taken when it is whole
		f.sheet.Type(q.Key, cmp.Or(text, f.before))
	}
}

// commit takes the answer and goes on: to the next question, or out.
func (f *form) commit() (move, tea.Cmd) {
	q := f.current()
	if strings.HasPrefix(q.Key, "@") {
		return f.chosen(q.Key, f.text)
	}
	if f.choosing() {
		f.sheet.Type(q.Key, f.text)
	}
	if q.Twice {
		if again, cmd := f.twice(q); again {
			return move{}, cmd
		}
	}
	f.sheet.Settle(q)
	if f.judge() {
		return move{}, nil
	}
	if source, ok := f.sheet.Local(q.Field); ok {
		return move{}, f.read(source)
	}
	return f.taken()
}

// taken goes on from a question whose answer is fine.
func (f *form) taken() (move, tea.Cmd) {
	q := f.current()
	if f.sheet.Typed(q.Key) != f.before {
		delete(f.blamed, q.Key)
	}
	var cmd tea.Cmd
	if f.changed != nil {
		cmd = f.changed(q.Key)
	}
	f.rebuild()
	if f.resumeAt != "" && f.step != answers.StepCluster {
		return f.resume(), cmd
	}
	if f.at+1 < len(f.questions) {
		return move{}, tea.Batch(cmd, f.open(f.at+1))
	}
	return f.finish(cmd)
}

// finish leaves the form forward, unless something is still wrong with it.
func (f *form) finish(cmd tea.Cmd) (move, tea.Cmd) {
	if fault, bad := f.sheet.Missing(f.step); bad {
		return move{}, tea.Batch(cmd, f.enter(fault.Key))
	}
	return move{kind: next}, cmd
}

// judge shows the fault of the open question's answer, if it has one.
func (f *form) judge() bool {
	fault, bad := f.sheet.Fault(f.current().Key)
	f.fault = ""
	if bad {
		f.fault = fault.Problem
		if fault.Remedy != "" {
			f.fault += "; " + fault.Remedy
		}
	}
	return bad
}

func (f *form) previous() (move, tea.Cmd) {
	switch {
	case f.blind.first != "":
		return move{}, f.open(f.at)
	case f.at == 0:
		f.reading.drop()
		return move{kind: back}, nil
	}
	return move{}, f.open(f.at - 1)
}

func (f *form) state() state {
	_, bad := f.sheet.Missing(f.step)
	switch {
	case !f.visited && !f.passed(step(f.step)):
		return later
	case bad:
		return open
	}
	return done
}
