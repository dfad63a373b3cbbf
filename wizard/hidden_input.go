package wizard

import (
	"context"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/huh"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/wizard/question"
)

// blind is a secret that is typed twice, as far as it has come.
type hiddenInput struct {
	first string // what was typed the first time; empty until then
}

// readMsg says whether the source that a question names can be read.
type sourceReadMsg struct{ err error }

// echo shows what is typed for a secret only where it names a source.
func (f *form) updateEcho() {
	input, ok := f.field.(*huh.Input)
	if !ok {
		return
	}
	mode := huh.EchoModePassword
	if question.IsVisible(f.current().Field, f.text) {
		mode = huh.EchoModeNormal
	}
	input.EchoMode(mode)
}

// twice takes a secret that is asked twice. It returns true as long as there
// is something to type; the answer from before counts until then.
func (f *form) confirmHidden(q question.Question) (again bool, cmd tea.Cmd) {
	if strings.TrimSpace(f.text) == "" {
		if f.hidden.first != "" {
			f.fault = "type it once more, to be sure of it"
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
		f.hidden.first, f.fault = "", "the two are not the same; type it anew, twice"
	}
	return true, f.focusField()
}

// read looks whether a source can be read, beside the screen: it may lie on a
// disk that does not answer.
func (f *form) checkSource(source answers.Source) tea.Cmd {
	task, cmd := f.begin(f, func(ctx context.Context, _ func(tea.Msg)) tea.Msg {
		return sourceReadMsg{f.engine.CheckSource(ctx, source)}
	})
	f.sourceCheck = task
	return cmd
}

// wasRead goes on from a source that can be read, and then takes the keys that
// came in meanwhile.
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

// again sends keys once more, for the screen that has come up.
func resendKeys(keys []tea.KeyMsg) tea.Cmd {
	var cmds []tea.Cmd
	for _, key := range slices.Clone(keys) {
		cmds = append(cmds, func() tea.Msg { return key })
	}
	return tea.Sequence(cmds...)
}
