package wizard

import (
	"cmp"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	"github.com/charmbracelet/huh"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/display"
	"github.com/zenml-installer/zenml-installer/wizard/question"
)

// newField creates huh's field for a question with its previous answer, and
// returns the text. The form itself moves between questions, so that fast
// typing never reaches the wrong one.
func (f *form) newField(q question.Question) (huh.Field, string) {
	if len(q.Choices) > 0 && !f.typing {
		value := f.cursorIn(f.shownChoices(q), f.responses.CursorChoice(q))
		return f.newSelect(q, value), value
	}
	text, hint := f.responses.Typed(q.Key), f.placeholder(q)
	hidden := f.responses.IsHidden(q.Field)
	if f.typing {
		text = f.filter
	}
	if hidden {
		text, hint = "", cmp.Or(f.responses.KeptLabel(q.Field), hint)
	}
	if f.hidden.first != "" {
		hint = "type it again"
	}
	input := huh.NewInput().Value(&text).Prompt(display.GlyphPointer + " ").Placeholder(hint)
	if hidden && !q.Document {
		input.EchoMode(huh.EchoModePassword)
	}
	return f.styleField(input), text
}

// newSelect creates a list with the cursor on value.
func (f *form) newSelect(q question.Question, value string) huh.Field {
	choices := f.shownChoices(q)
	options := make([]huh.Option[string], len(choices))
	for i, o := range choices {
		options[i] = huh.NewOption(f.label(o), o.Value)
	}
	return f.styleField(huh.NewSelect[string]().Options(options...).Value(&value))
}

// label is an option with its help below.
func (f *form) label(o answers.Option) string {
	if o.Help == "" {
		return o.Title
	}
	return o.Title + "\n" + f.styles.Muted.Render(display.Indent("  "+o.Help, f.fieldWidth()-2))
}

func (f *form) styleField(field huh.Field) huh.Field {
	field = field.WithTheme(f.formTheme).WithKeyMap(fieldKeys()).WithWidth(f.fieldWidth())
	field.Update(nil) // a list is measured only in its update
	return field
}

// fieldWidth is the width beside the bar.
func (f *form) fieldWidth() int { return max(f.measure-2, 20) }

// resize fits the open field to the window. A list is created again with the
// same cursor, because its lines wrap elsewhere.
func (f *form) resize() {
	switch {
	case f.field == nil:
	case f.isChoosing():
		focus := f.newSelect(f.current(), f.text)
		focus.Focus()
		f.field = focus
	default:
		f.field.WithWidth(f.fieldWidth())
	}
}

// fieldKeys disables huh's keys that move between fields, because the form does
// that.
func fieldKeys() *huh.KeyMap {
	keys := huh.NewDefaultKeyMap()
	none := key.NewBinding(key.WithDisabled())
	keys.Input.Next, keys.Input.Prev, keys.Input.Submit = none, none, none
	keys.Select.Next, keys.Select.Prev, keys.Select.Submit = none, none, none
	keys.Select.GotoTop, keys.Select.GotoBottom = none, none // they leave the value as it was
	keys.Select.HalfPageUp, keys.Select.HalfPageDown = none, none
	keys.Select.Filter, keys.Select.SetFilter, keys.Select.ClearFilter = none, none, none
	return keys
}

// placeholder returns the hint in an empty field: the default, or what to type.
func (f *form) placeholder(q question.Question) string {
	hint := expected(q)
	if q.Default != "" || q.Generable || q.Required(f.responses.Complete()) {
		return hint
	}
	return strings.TrimSuffix("optional, "+hint, ", ")
}

// expected describes the answer to a question.
func expected(q question.Question) string {
	switch {
	case q.Default != "":
		return q.Default
	case q.Kept != "":
		return "leave empty to keep the key in Secret " + q.Kept
	case q.Generable:
		return "leave empty to generate one"
	case q.Kind == answers.Content, q.Document:
		return "file name, or paste it, or env:NAME or secret:NAME/KEY"
	case q.Kind == answers.Secret:
		return "type it, or enter env:NAME, file:PATH or secret:NAME/KEY"
	case q.Example != "", q.Kind == answers.List, q.Kind == answers.Pairs, q.Kind == answers.Tree,
		q.Kind == answers.Secrets:
		return question.Expected(q.Field)
	}
	return ""
}
