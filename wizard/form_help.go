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
	return append(keys, binding{f.helpKey(), "help"})
}

// helpKey is F1 where a question mark may be part of the text: in secrets, and
// in any text after its beginning.
func (f *form) helpKey() string {
	if f.isTyping() {
		return "F1"
	}
	return "?"
}

// isTyping reports whether a question mark belongs to the text.
func (f *form) isTyping() bool {
	return len(f.questions) > 0 && !f.isChoosing() && (f.text != "" || f.current().Kind == answers.Secret)
}

// about is the help page of the open question.
func (f *form) about() (title, text string) {
	if len(f.questions) == 0 {
		return string(f.step), ""
	}
	q := f.current()
	return q.Title, question.Explain(q)
}
