package wizard

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/huh"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/wizard/question"
	"github.com/zenml-installer/zenml-installer/wizard/saved"
)

const stepStart step = "Welcome"

type savedRunsMsg struct{ runs []saved.Run }

// start comes before the first step: it says what will happen, and offers to
// continue an unfinished install. With answers from a file it moves on immediately.
type start struct {
	*session
	pane    pane
	read    bool // the unfinished installs
	runs    []saved.Run
	list    list
	path    *huh.Input // of the answers file, while it is asked for
	file    string
	opening *task
	fault   string
}

// goal is what the user wants from the guided install. It decides which action the
// review offers first; the others stay possible.
type goal int

const (
	toInstall goal = iota
	toCheck
	toWrite
)

// mostRuns is how many unfinished installs are offered, the latest ones.
const mostRuns = 9

func newStart(s *session) *start {
	return &start{session: s, pane: pane{styles: s.styles}, list: list{session: s}}
}

func (r *start) enter(string) tea.Cmd {
	r.resumeAt, r.goal, r.fixing = "", toInstall, false
	_, cmd := r.begin(r, func(ctx context.Context, _ func(tea.Msg)) tea.Msg {
		if ctx.Err() != nil {
			return savedRunsMsg{}
		}
		return savedRunsMsg{r.options.Unfinished.List(r.options.Start.Cluster)}
	})
	return cmd
}

func (r *start) update(msg tea.Msg) (move, tea.Cmd) {
	switch msg := msg.(type) {
	case savedRunsMsg:
		if saved.IsWorthKeeping(r.options.Start) {
			return r.toFirstStep() // answers from a file take precedence
		}
		r.read, r.runs = true, msg.runs[:min(len(msg.runs), mostRuns)]
		r.list.set(r.offers()...)
	case answersFileMsg:
		return r.opened(msg)
	case tea.KeyMsg:
		switch {
		case r.path != nil:
			return r.pathKey(msg)
		case r.read:
			return r.list.key(msg.String())
		}
	}
	return move{}, nil
}

// offers returns an option for each unfinished install, and the ways to begin.
func (r *start) offers() []option {
	var offers []option
	for i, run := range r.runs {
		label := fmt.Sprintf("Continue at %s\n%s\nsaved on %s", resumeStep(run), run,
			run.At.Format("2 January 2006, 15:04"))
		offers = append(offers, option{strconv.Itoa(i + 1), label,
			func() (move, tea.Cmd) { return r.continueRun(run) }})
	}
	ask := func() (move, tea.Cmd) { return move{}, r.askPath() }
	return append(offers,
		option{"t", "Try it out\nSQLite, reached from this machine. About 2 minutes.", r.tryOut},
		option{"p", "Production\nMySQL and HTTPS. About 5 minutes; have the database login at hand.",
			r.production},
		option{"s", "Step by step\nEvery question, with the defaults. Also to upgrade or repair a release.",
			r.toFirstStep},
		option{"c", "Check only\nRun the preflight checks. Nothing is installed.", r.withGoal(toCheck)},
		option{"w", "Write values only\nWrite " + r.options.ValuesPath + ". Nothing is installed.",
			r.withGoal(toWrite)},
		option{"o", "Open an answers file", ask},
	)
}

// toFirstStep starts with the first question.
func (r *start) toFirstStep() (move, tea.Cmd) {
	return move{kind: jump, to: step(answers.StepCluster)}, nil
}

// withGoal returns an action that starts with a goal.
func (r *start) withGoal(at goal) func() (move, tea.Cmd) {
	return func() (move, tea.Cmd) {
		r.goal = at
		return r.toFirstStep()
	}
}

// tryOut asks only for the cluster and goes to the review.
func (r *start) tryOut() (move, tea.Cmd) {
	r.responses.Type("database.type", answers.SQLiteDatabase)
	r.responses.Type("expose.type", answers.PortForward) // also after another choice
	r.responses.Type("secretsStore.sql.encryptionKey", question.GenerateKeyword)
	r.resumeAt = stepReview
	return r.toFirstStep()
}

// production begins with the choices that fit, which can be changed.
func (r *start) production() (move, tea.Cmd) {
	r.responses.Type("database.type", answers.MySQLDatabase)
	r.responses.Type("expose.type", answers.ByIngress)
	return r.toFirstStep()
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
func (r *start) continueRun(run saved.Run) (move, tea.Cmd) {
	r.responses.SetAll(run.Answers)
	r.responses.SetAll(r.options.Start)
	r.resumeAt = resumeStep(run)
	r.reached = r.resumeAt
	r.keeper.Continue(run)
	return r.session.resumeMove(), nil
}

func (r *start) state() state { return done }
