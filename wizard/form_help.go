package wizard

import (
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/wizard/question"
)

func (f *form) keys() []binding {
	keys := []binding{{"enter", "next"}, {"esc", "back"}}
	if len(f.questions) == 0 {
		return keys
	}
	if f.isChoosing() {
		keys = append([]binding{{"↑↓", "choose"}}, keys...)
	}
	if f.canReveal() {
		keys = append(keys, binding{"ctrl+r", "show"})
	}
	return append(keys, binding{f.helpKey(), "help"})
}

// helpKey returns "f1" if a question mark may be part of the input, as in
// secrets and non-empty text fields.
func (f *form) helpKey() string {
	if f.isTyping() {
		return "F1"
	}
	return "?"
}

// isTyping reports whether a question mark is input.
func (f *form) isTyping() bool {
	return len(f.questions) > 0 && !f.isChoosing() && (f.text != "" || f.current().Kind == answers.Secret)
}

// about returns the help page of the open question.
func (f *form) about() (title, text string) {
	if len(f.questions) == 0 {
		return string(f.step), ""
	}
	q := f.current()
	return q.Title, question.Explain(q)
}

func (f *form) state() state {
	_, bad := f.responses.FirstFault(f.step)
	switch {
	case !f.visited && !f.wasPassed(step(f.step)):
		return later
	case bad:
		return open
	}
	return f.stepState(step(f.step))
}
