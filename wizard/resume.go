package wizard

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/wizard/saved"
)

const stepResume step = "Welcome"

type savedRunsMsg struct{ runs []saved.Run }

// resume comes before the first step and offers to continue an unfinished
// install. Without one it moves on immediately.
type resume struct {
	*session
	runs []saved.Run
	list list
}

// mostRuns is how many unfinished installs are offered, the latest ones.
const mostRuns = 9

func newResume(s *session) *resume { return &resume{session: s, list: list{session: s}} }

func (r *resume) enter(string) tea.Cmd {
	_, cmd := r.begin(r, func(ctx context.Context, _ func(tea.Msg)) tea.Msg {
		if ctx.Err() != nil {
			return savedRunsMsg{}
		}
		return savedRunsMsg{r.options.Unfinished.List(r.options.Start.Cluster)}
	})
	return cmd
}

func (r *resume) update(msg tea.Msg) (move, tea.Cmd) {
	switch msg := msg.(type) {
	case savedRunsMsg:
		if len(msg.runs) == 0 || saved.IsWorthKeeping(r.options.Start) {
			return r.startOver() // answers from a file take precedence
		}
		r.runs = msg.runs[:min(len(msg.runs), mostRuns)]
		r.list.set(r.offers()...)
	case tea.KeyMsg:
		if len(r.runs) > 0 {
			return r.list.key(msg.String())
		}
	}
	return move{}, nil
}

// offers returns an option for each unfinished install, and one for a new one.
func (r *resume) offers() []option {
	var offers []option
	for i, run := range r.runs {
		label := fmt.Sprintf("Continue at %s\n%s\nsaved on %s", resumeStep(run), run,
			run.At.Format("2 January 2006, 15:04"))
		offers = append(offers, option{strconv.Itoa(i + 1), label,
			func() (move, tea.Cmd) { return r.continueRun(run) }})
	}
	return append(offers, option{"n", "Start a new install", r.startOver})
}

func (r *resume) startOver() (move, tea.Cmd) {
	return move{kind: jump, to: step(answers.StepCluster)}, nil
}

// resumeStep is the step to continue with. An install starts again at its
// review.
func resumeStep(run saved.Run) step {
	switch at := step(run.Step); at {
	case stepReview, stepInstall, stepConnect:
		return stepReview
	default:
		if slices.Contains(answers.Steps, answers.Step(at)) {
			return at
		}
	}
	return step(answers.StepCluster)
}

// continueRun loads the saved answers and goes to the step where they end, or to
// a missing secret. The cluster is confirmed again before anything is checked,
// because it may have changed.
func (r *resume) continueRun(run saved.Run) (move, tea.Cmd) {
	r.responses.SetAll(run.Answers)
	r.responses.SetAll(r.options.Start)
	r.resumeAt = resumeStep(run)
	r.reached = r.resumeAt
	r.keeper.Continue(run)
	return r.session.resumeMove(), nil
}

func (r *resume) view(width, height int) string {
	if len(r.runs) == 0 {
		return ""
	}
	title := "Continue your unfinished install?"
	if len(r.runs) > 1 {
		title = "Continue an unfinished install?"
	}
	text := []string{
		r.styles.Title.Render(title), "",
		"Secrets you typed were not saved; you will be asked for them again, and to confirm the cluster.",
		"", r.list.view(),
	}
	p := pane{styles: r.styles}
	p.set(strings.Join(text, "\n"), width, height)
	return p.view()
}

func (r *resume) keys() []binding {
	if len(r.runs) == 0 {
		return nil
	}
	return []binding{{"↑↓", "choose"}, {"enter", "select"}}
}

func (r *resume) about() (title, text string) {
	return "Continue an unfinished install", "Your answers are saved after each question in " +
		string(r.options.Unfinished) + ", one file for each cluster, namespace and release, until the server is " +
		"installed. Only you can read the files, and they contain no secrets."
}

func (r *resume) state() state { return done }
