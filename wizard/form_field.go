package wizard

import (
	"cmp"

	"github.com/charmbracelet/bubbles/key"
	"github.com/charmbracelet/huh"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/wizard/question"
	"github.com/zenml-installer/zenml-installer/wizard/theme"
)

// newField makes huh's field for a question, with what was answered before,
// and returns its text. The form itself moves between questions, so that keys
// typed fast never reach the wrong one.
func (f *form) newField(q question.Question) (huh.Field, string) {
	if len(q.Choices) > 0 {
		value := f.responses.CursorChoice(q)
		return f.newSelect(q, value), value
	}
	text, hint := f.responses.Typed(q.Key), placeholder(q)
	if q.Kind == answers.Secret {
		text, hint = "", cmp.Or(f.responses.KeptLabel(q.Field), hint)
	}
	if f.hidden.first != "" {
		hint = "type it once more"
	}
	input := huh.NewInput().Value(&text).Prompt(theme.Pointer + " ").Placeholder(hint)
	if q.Kind == answers.Secret {
		input.EchoMode(huh.EchoModePassword)
	}
	return f.styleField(input), text
}

// newSelect is a list whose cursor stands on value.
func (f *form) newSelect(q question.Question, value string) huh.Field {
	options := make([]huh.Option[string], len(q.Choices))
	for i, o := range q.Choices {
		options[i] = huh.NewOption(f.label(o), o.Value)
	}
	return f.styleField(huh.NewSelect[string]().Options(options...).Value(&value))
}

// label is an option with its help below it.
func (f *form) label(o answers.Option) string {
	if o.Help == "" {
		return o.Title
	}
	return o.Title + "\n" + f.styles.Muted.Render(indent("  "+o.Help, f.fieldWidth()-2))
}

func (f *form) styleField(field huh.Field) huh.Field {
	field = field.WithTheme(f.formTheme).WithKeyMap(fieldKeys()).WithWidth(f.fieldWidth())
	field.Update(nil) // a list measures itself in its update alone
	return field
}

// fieldWidth is what the bar at the left leaves.
func (f *form) fieldWidth() int { return max(f.measure-2, 20) }

// resized fits the open field to the window. A list is made anew, with its
// cursor where it was, because its lines break elsewhere.
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

// fieldKeys are huh's keys without those that move between fields: the form
// has them.
func fieldKeys() *huh.KeyMap {
	keys := huh.NewDefaultKeyMap()
	none := key.NewBinding(key.WithDisabled())
	keys.Input.Next, keys.Input.Prev, keys.Input.Submit = none, none, none
	keys.Select.Next, keys.Select.Prev, keys.Select.Submit = none, none, none
	keys.Select.Filter, keys.Select.SetFilter, keys.Select.ClearFilter = none, none, none
	return keys
}

// placeholder shows in an empty field what would count, or what to type.
func placeholder(q question.Question) string {
	switch {
	case q.Default != "":
		return q.Default
	case q.Generable:
		return "empty: a random one is made"
	case q.Kind == answers.Secret:
		return "type it, or env:NAME, file:PATH, secret:NAME/KEY"
	case q.Kind == answers.Content:
		return "the file's name, or env:NAME, secret:NAME/KEY"
	case q.Example != "":
		return "like " + q.Example
	}
	return ""
}
