package wizard

import (
	"context"
	"reflect"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/wizard/question"
)

// otherChoice is the value of the choice that lets the user type. No answer has a
// space.
const otherChoice = "other choice"

// longList is from how many choices on a list says that it can be searched, and digits
// are part of the search.
const longList = 8

// shownChoices returns the choices that the filter leaves, and one to type another
// answer if the question is open.
func (f *form) shownChoices(q question.Question) []answers.Option {
	var shown []answers.Option
	for _, o := range q.Choices {
		if strings.Contains(strings.ToLower(o.Title+" "+o.Help), strings.ToLower(f.filter)) {
			shown = append(shown, o)
		}
	}
	if q.Open {
		shown = append(shown, answers.Option{Value: otherChoice, Title: "Type another one"})
	}
	return shown
}

// cursorIn returns value if it is among the choices, else the first choice.
func (f *form) cursorIn(choices []answers.Option, value string) string {
	if len(choices) == 0 || slices.ContainsFunc(choices, func(o answers.Option) bool { return o.Value == value }) {
		return value
	}
	return choices[0].Value
}

// chooseEnd moves the cursor to the first or the last choice.
func (f *form) chooseEnd(last bool) tea.Cmd {
	choices := f.shownChoices(f.current())
	if len(choices) == 0 {
		return nil
	}
	f.text = choices[0].Value
	if last {
		f.text = choices[len(choices)-1].Value
	}
	f.field = f.newSelect(f.current(), f.text)
	return f.field.Focus()
}

// wantsMouse reports whether the mouse is used: not while an answer is typed, because the
// terminal's own selecting and pasting need it.
func (f *form) wantsMouse() bool { return len(f.questions) > 0 && f.isChoosing() }

// click selects the choice in a line of the body, and answers with the one that is
// selected already.
func (f *form) click(_, line int) (move, tea.Cmd) {
	if len(f.questions) == 0 || !f.isChoosing() || f.field == nil {
		return move{}, nil
	}
	at := f.fieldAt
	for _, o := range f.shownChoices(f.current()) {
		height := lipgloss.Height(f.label(o))
		if line+f.pane.offset >= at && line+f.pane.offset < at+height {
			if o.Value == f.text {
				return f.commit()
			}
			f.text = o.Value
			f.field = f.newSelect(f.current(), f.text)
			return move{}, f.field.Focus()
		}
		at += height
	}
	return move{}, nil
}

// filterKey changes the filter of a list and reports whether it handled the key. If no
// choice contains the letters, they begin another answer where one can be typed;
// otherwise the last one is ignored.
func (f *form) filterKey(key tea.KeyMsg) bool {
	q := f.current()
	if len(q.Choices) < longList && key.String() == "?" {
		return false // help
	}
	before := f.filter
	switch {
	case key.Type == tea.KeyRunes:
		f.filter += printable(key.Runes)
	case key.String() == "backspace" && f.filter != "":
		letters := []rune(f.filter)
		f.filter = string(letters[:len(letters)-1])
	case key.String() == "esc" && f.filter != "":
		f.filter = ""
	default:
		return false
	}
	switch {
	case len(f.shownChoices(question.Question{Choices: q.Choices})) > 0:
	case q.Open:
		f.typing = true // with the letters as its beginning
		f.takeTyped(f.filter)
	default:
		f.filter = before
	}
	return true
}

// fillFromURL takes a database URL that was given for one of its parts apart, and
// reports whether it was one.
func (f *form) fillFromURL(text string) bool {
	filled, unused := f.responses.FillFromURL(f.current().Key, strings.TrimSpace(text))
	if len(filled) > 0 {
		f.filled, f.filledAt, f.unused = filled, f.current().Key, unused
	}
	return len(filled) > 0
}

// nextQuestion returns the question after the open one. After the one where a URL was
// pasted it leaves out, once, the others that the URL answered.
func (f *form) nextQuestion() int {
	next := f.at + 1
	filled := f.filled
	if f.filledAt != f.current().Key {
		return next
	}
	f.filled, f.filledAt, f.unused = nil, "", ""
	for next < len(f.questions) && slices.Contains(filled, f.questions[next].Key) {
		if _, bad := f.responses.Fault(f.questions[next].Key); bad {
			break
		}
		next++
	}
	return next
}

// databaseSearch looks for what a database server offers, beside the questions.
type databaseSearch struct {
	task  *task
	asked answers.MySQL // of the last search
	logIn bool
}

type databaseMsg map[string][]answers.Option

// findDatabase looks for what the database server offers: after its address whether it
// offers TLS, and before the question about its name the databases of the login.
func (f *form) findDatabase(key string) tea.Cmd {
	a, server := f.responses.Answers(), f.responses.Complete().Database.MySQL
	logIn, ok := f.responses.FindsDatabase(key)
	if !ok || logIn == f.search.logIn && reflect.DeepEqual(server, f.search.asked) {
		return nil
	}
	f.search.task.drop()
	task, cmd := f.begin(f, func(ctx context.Context, _ func(tea.Msg)) tea.Msg {
		return databaseMsg(f.engine.FindDatabase(ctx, a, logIn))
	})
	f.search = databaseSearch{task, server, logIn}
	return cmd
}

// databaseFound takes what the database server offers, and shows it in the open question
// unless it is being answered.
func (f *form) databaseFound(msg databaseMsg) tea.Cmd {
	if len(f.questions) == 0 || f.field == nil {
		f.responses.SetOffered(msg)
		return nil
	}
	f.responses.SetOffered(msg)
	if len(msg[f.current().Key]) == 0 || f.touched {
		return nil
	}
	f.rebuild()
	return f.open(f.at)
}
