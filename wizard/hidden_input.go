package wizard

import (
	"context"
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/huh"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/wizard/question"
)

// hiddenInput is the state of a secret that must be entered twice.
type hiddenInput struct {
	first    string // the first entry, if any
	revealed bool   // for a moment
}

// sourceReadMsg reports whether a source can be read.
type sourceReadMsg struct{ err error }

// updateEcho shows a secret's input only if it names a source.
func (f *form) updateEcho() {
	input, ok := f.field.(*huh.Input)
	if !ok {
		return
	}
	mode := huh.EchoModePassword
	if f.hidden.revealed || question.IsVisible(f.current().Field, f.text) {
		mode = huh.EchoModeNormal
	}
	input.EchoMode(mode)
}

// revealTime is how long a typed secret stays visible.
const revealTime = 3 * time.Second

// concealMsg hides the secret of a question again.
type concealMsg struct{ key string }

// canReveal reports whether a secret has been typed that is not shown.
func (f *form) canReveal() bool {
	field := f.current().Field
	return f.text != "" && !f.isChoosing() && field.Kind == answers.Secret && !question.IsVisible(field, f.text)
}

// reveal shows the typed secret for a moment.
func (f *form) reveal() tea.Cmd {
	if !f.canReveal() {
		return nil
	}
	f.hidden.revealed = true
	f.updateEcho()
	key := f.current().Key
	return tea.Tick(revealTime, func(time.Time) tea.Msg { return concealMsg{key} })
}

// conceal hides the secret again, if it is still the open question.
func (f *form) conceal(msg concealMsg) {
	if len(f.questions) > 0 && f.current().Key == msg.key {
		f.hidden.revealed = false
		f.updateEcho()
	}
}

// confirmHidden asks for a secret a second time. It returns true while more
// input is needed; the previous answer stays valid until then.
func (f *form) confirmHidden(q question.Question) (again bool, cmd tea.Cmd) {
	if strings.TrimSpace(f.text) == "" {
		if f.hidden.first != "" {
			f.fault = "type it again to confirm"
		}
		return f.hidden.first != "", nil
	}
	text := strings.TrimSpace(f.text)
	f.responses.Type(q.Key, text)
	first := f.hidden.first
	if first == text || question.IsVisible(q.Field, text) {
		return false, nil
	}
	bad := first == "" && f.showFault()
	f.responses.Type(q.Key, f.previousAnswer)
	if bad {
		return true, nil
	}
	if f.hidden.first = text; first != "" {
		f.hidden.first, f.fault = "", "the entries don't match; try again"
	}
	return true, f.focusField()
}

// checkSource checks in the background whether a source can be read, because a
// disk may hang.
func (f *form) checkSource(source answers.Source) tea.Cmd {
	task, cmd := f.begin(f, func(ctx context.Context, _ func(tea.Msg)) tea.Msg {
		return sourceReadMsg{f.engine.CheckSource(ctx, source)}
	})
	f.sourceCheck = task
	return cmd
}

// sourceRead moves on if the source is readable, and handles the keys that were
// typed during the check.
func (f *form) sourceRead(err error) (move, tea.Cmd) {
	waiting := f.queuedKeys
	f.queuedKeys = nil
	if err != nil {
		f.fault = err.Error()
		return move{}, nil
	}
	to, cmd := f.acceptAnswer()
	for i, key := range waiting {
		if to.kind != stay {
			return to, tea.Sequence(cmd, resendKeys(waiting[i:]))
		}
		var more tea.Cmd
		to, more = f.update(key)
		cmd = tea.Batch(cmd, more)
	}
	return to, cmd
}

// resendKeys sends keys again, to the screen that is open now.
func resendKeys(keys []tea.KeyMsg) tea.Cmd {
	var cmds []tea.Cmd
	for _, key := range slices.Clone(keys) {
		cmds = append(cmds, func() tea.Msg { return key })
	}
	return tea.Sequence(cmds...)
}
