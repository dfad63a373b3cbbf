package wizard

import (
	"context"
	"fmt"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/wizard/saved"
)

const stepResume step = "Welcome"

type savedRunMsg struct{ run *saved.Run }

// resume stands before the first step: it offers to go on where an earlier
// run was left. Without one it leads on at once.
type resume struct {
	*session
	found *saved.Run
	list  list
}

func newResume(s *session) *resume { return &resume{session: s, list: list{session: s}} }

func (r *resume) enter(string) tea.Cmd {
	_, cmd := r.begin(r, func(ctx context.Context, _ func(tea.Msg)) tea.Msg {
		if r.options.StatePath == "" || ctx.Err() != nil {
			return savedRunMsg{}
		}
		return savedRunMsg{saved.Read(r.options.StatePath)}
	})
	return cmd
}

func (r *resume) update(msg tea.Msg) (move, tea.Cmd) {
	switch msg := msg.(type) {
	case savedRunMsg:
		if msg.run == nil || saved.IsWorthKeeping(r.options.Start) {
			return r.startOver() // answers that the install began with are meant
		}
		r.found = msg.run
		r.list.set(
			option{"g", "go on where you were: " + string(r.resumeStep()), r.continueRun},
			option{"n", "begin anew", r.startOver},
		)
	case tea.KeyMsg:
		if r.found != nil {
			return r.list.key(msg.String())
		}
	}
	return move{}, nil
}

func (r *resume) startOver() (move, tea.Cmd) {
	return move{kind: jump, to: step(answers.StepCluster)}, nil
}

// left is the step to go on with: an install begins anew at its review.
func (r *resume) resumeStep() step {
	switch at := step(r.found.Step); at {
	case stepReview, stepInstall, stepConnect:
		return stepReview
	default:
		if slices.Contains(answers.Steps, answers.Step(at)) {
			return at
		}
	}
	return step(answers.StepCluster)
}

// goOn takes the earlier answers and leads to where they ended, or to a secret
// that is missing. The cluster is confirmed again before anything is checked:
// it may be another one by now.
func (r *resume) continueRun() (move, tea.Cmd) {
	r.responses.SetAll(r.found.Answers)
	r.responses.SetAll(r.options.Start)
	r.resumeAt = r.resumeStep()
	r.reached = r.resumeAt
	return r.session.resumeMove(), nil
}

func (r *resume) view(width, height int) string {
	if r.found == nil {
		return ""
	}
	text := []string{
		r.styles.Title.Render("There is an install that you have not finished."), "",
		fmt.Sprintf("Its answers are from %s. Secrets that you typed are not kept: they are asked again, and so is, before the checks, whether it is the right cluster.", r.found.At.Format("2 January 2006, 15:04")),
		"", r.list.view(),
	}
	p := pane{styles: r.styles}
	p.set(strings.Join(text, "\n"), width, height)
	return p.view()
}

func (r *resume) keys() []binding {
	if r.found == nil {
		return nil
	}
	return []binding{{"↑↓", "choose"}, {"enter", "take it"}}
}

func (r *resume) about() (title, text string) {
	return "Go on with an earlier install", "The answers are kept in " + r.options.StatePath + " until the server is installed. Only you can read that file, and it holds no secret."
}

func (r *resume) state() state { return done }
