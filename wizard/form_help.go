package wizard

import (
	"strings"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/wizard/question"
)

func (f *form) keys() []binding {
	keys := []binding{{"enter", "next"}, {"esc", "back"}}
	if len(f.questions) == 0 {
		return keys
	}
	if f.choosing() {
		keys = append([]binding{{"↑↓", "choose"}}, keys...)
	}
	return append(keys, binding{f.helpKey(), "help"})
}

// helpKey: a question mark may be part of what is typed, except at the
// beginning of anything that is not secret.
func (f *form) helpKey() string {
	if f.typing() {
		return "F1"
	}
	return "?"
}

// typing tells whether a question mark belongs to the text.
func (f *form) typing() bool {
	return len(f.questions) > 0 && !f.choosing() && (f.text != "" || f.current().Kind == answers.Secret)
}

// about is the page of the open question.
func (f *form) about() (title, text string) {
	if len(f.questions) == 0 {
		return string(f.step), ""
	}
	q := f.current()
	return q.Title, explain(q)
}

// explain is everything that is known about a question.
func explain(q question.Question) string {
	var parts []string
	add := func(text string) {
		if text != "" {
			parts = append(parts, text)
		}
	}
	add(q.Help)
	add(q.Why)
	var options []string
	for _, o := range q.Choices {
		if o.Help != "" {
			options = append(options, o.Title+": "+o.Help)
		}
	}
	add(strings.Join(options, "\n"))
	if q.Default != "" && len(q.Choices) == 0 {
		add("Left empty it is " + q.Default + ".")
	}
	switch q.Kind {
	case answers.Secret:
		add("Type it here; it is never shown. Or name where it is: env:NAME for an environment variable, file:PATH for a file on this machine, secret:NAME/KEY for a Secret that exists in the namespace. A secret that itself begins like that is typed after " + question.Literal)
	case answers.Content:
		add("Give the name of a file on this machine, env:NAME for an environment variable, or secret:NAME/KEY for a Secret that exists in the namespace.")
	}
	if !strings.HasPrefix(q.Key, "@") {
		add("In an answers file: " + q.Key)
	}
	return strings.Join(parts, "\n\n")
}
