package wizard

import (
	"context"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/huh"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/display"
	"github.com/zenml-installer/zenml-installer/wizard/question"
)

// answersFileMsg is the content of an answers file.
type answersFileMsg struct {
	answers answers.Answers
	err     error
}

// askPath asks for the name of an answers file.
func (r *start) askPath() tea.Cmd {
	r.fault = ""
	r.path = huh.NewInput().Value(&r.file).Prompt(display.GlyphPointer + " ").Placeholder("answers.yaml")
	r.path.WithTheme(r.formTheme).WithKeyMap(fieldKeys()).WithWidth(max(r.measure-2, 20))
	return r.path.Focus()
}

func (r *start) pathKey(msg tea.KeyMsg) (move, tea.Cmd) {
	switch msg.String() {
	case "esc":
		r.opening.drop()
		r.path = nil
		return move{}, nil
	case "enter":
		if r.opening.running() {
			return move{}, nil
		}
		return move{}, r.open()
	}
	r.fault = ""
	updated, cmd := r.path.Update(msg)
	r.path = updated.(*huh.Input)
	return move{}, cmd
}

// open reads the file in the background, because a disk may hang.
func (r *start) open() tea.Cmd {
	name := strings.TrimSpace(r.file)
	if name == "" {
		r.fault = "enter the name of a file"
		return nil
	}
	if rest, found := strings.CutPrefix(name, "~/"); found && r.options.Home != "" {
		name = r.options.Home + "/" + rest
	}
	task, cmd := r.begin(r, func(ctx context.Context, _ func(tea.Msg)) tea.Msg {
		a, err := r.engine.Open(ctx, name)
		return answersFileMsg{a, err}
	})
	r.opening = task
	return cmd
}

// opened takes the answers of the file, and goes to the cluster and then to what is
// missing or to the review.
func (r *start) opened(msg answersFileMsg) (move, tea.Cmd) {
	if msg.err != nil {
		r.fault = msg.err.Error()
		return move{}, nil
	}
	r.path = nil
	context := r.responses.Typed(question.ContextKey) // the kubeconfig's current one
	r.responses.Restart(msg.answers)
	if msg.answers.Cluster.Context == "" {
		r.responses.Type(question.ContextKey, context)
	}
	r.responses.SetAll(r.options.Start)
	r.resumeAt, r.reached, r.startedFrom = stepReview, stepReview, FromFile
	return r.toFirstStep()
}
