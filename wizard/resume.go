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

// resume comes before the first step and offers to continue a previous run.
// Without one it moves on immediately.
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
			return r.startOver() // answers from a file take precedence
		}
		r.found = msg.run
		r.list.set(
			option{"g", "Continue at " + string(r.resumeStep()), r.continueRun},
			option{"n", "Start over", r.startOver},
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

// resumeStep is the step to continue with. An install starts again at its
// review.
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

// continueRun loads the previous answers and goes to the step where they end,
// or to a missing secret. The cluster is confirmed again before anything is
// checked, because it may have changed.
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
		r.styles.Title.Render("Continue your previous install?"), "",
		fmt.Sprintf("The answers are from %s. Secrets you typed were not saved; you will be asked for them again, "+
			"and to confirm the cluster.", r.found.At.Format("2 January 2006, 15:04")),
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
	return []binding{{"↑↓", "choose"}, {"enter", "select"}}
}

func (r *resume) about() (title, text string) {
	return "Continue a previous install", "Your answers are saved in " + r.options.StatePath + " until the server " +
		"is installed. Only you can read the file, and it contains no secrets."
}

func (r *resume) state() state { return done }
