package wizard

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/huh"

	"github.com/zenml-installer/zenml-installer/internal/answers"
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
	listAt  int        // the line of the list in the pane
	path    *huh.Input // of the answers file, while it is asked for
	file    string
	opening *task
	fault   string

	search  *task   // for releases in the cluster
	found   []Found // these
	release *Found  // whose actions are shown
	actions list    // on it
}

// mostRuns is how many unfinished installs are offered, the latest ones.
const mostRuns = 9

func newStart(s *session) *start {
	return &start{session: s, pane: pane{styles: s.styles}, list: list{session: s}, actions: list{session: s}}
}

func (r *start) enter(string) tea.Cmd {
	r.resumeAt, r.goal, r.fixing, r.tryingOut, r.volumeNote = "", ToInstall, false, false, ""
	r.startedFrom = FromDefaults
	r.unpick()
	_, cmd := r.begin(r, func(ctx context.Context, _ func(tea.Msg)) tea.Msg {
		if ctx.Err() != nil {
			return savedRunsMsg{}
		}
		return savedRunsMsg{r.options.Unfinished.List(r.options.Start.Cluster)}
	})
	return tea.Batch(cmd, r.searchReleases())
}

func (r *start) update(msg tea.Msg) (move, tea.Cmd) {
	switch msg := msg.(type) {
	case savedRunsMsg:
		if saved.IsWorthKeeping(r.options.Start) {
			r.startedFrom = FromCommand
			return r.toFirstStep() // answers from a file take precedence
		}
		r.read, r.runs = true, msg.runs[:min(len(msg.runs), mostRuns)]
		r.list.set(r.offers()...)
	case releasesMsg:
		r.releasesFound(msg)
	case answersFileMsg:
		return r.opened(msg)
	case tea.KeyMsg:
		switch {
		case r.path != nil:
			return r.pathKey(msg)
		case r.release != nil:
			return r.releaseKey(msg.String())
		case r.read:
			return r.list.keyOrDigit(msg.String())
		}
	}
	return move{}, nil
}

func (r *start) wantsMouse() bool { return r.read && r.path == nil }

// click selects the offer in a line, and takes the one that is selected already.
func (r *start) click(_, line int) (move, tea.Cmd) {
	if r.release != nil {
		return r.actions.clickLine(line+r.pane.offset-r.listAt, r.measure)
	}
	return r.list.clickLine(line+r.pane.offset-r.listAt, r.measure)
}

// offers returns an option for each unfinished install and each release that was found,
// and the ways to begin.
func (r *start) offers() []option {
	var offers []option
	for i, run := range r.runs {
		label := fmt.Sprintf("Continue at %s\n%s\nsaved on %s", resumeStep(run), run,
			run.At.Format("2 January 2006, 15:04"))
		offers = append(offers, option{strconv.Itoa(i + 1), label,
			func() (move, tea.Cmd) { return r.continueRun(run) }})
	}
	offers = append(offers, r.releaseOffers()...)
	for _, b := range Beginnings(r.options.ValuesPath) {
		label := strings.TrimSuffix(b.Title+"\n"+b.Help, "\n")
		offers = append(offers, option{b.Key, label, func() (move, tea.Cmd) { return r.beginWith(b) }})
	}
	return offers
}

// beginWith starts in the way that the user chose.
func (r *start) beginWith(b Beginning) (move, tea.Cmd) {
	if b.Open {
		return move{}, r.askPath()
	}
	b.Apply(r.responses)
	r.goal, r.tryingOut = b.Goal, b.TryOut
	if b.TryOut {
		r.resumeAt = stepReview
	}
	return r.toFirstStep()
}

// toFirstStep starts with the first question.
func (r *start) toFirstStep() (move, tea.Cmd) {
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
func (r *start) continueRun(run saved.Run) (move, tea.Cmd) {
	r.responses.SetAll(run.Answers)
	r.responses.SetAll(r.options.Start)
	r.resumeAt = resumeStep(run)
	r.reached, r.startedFrom = r.resumeAt, FromSaved
	r.keeper.Continue(run)
	return r.session.resumeMove(), nil
}

func (r *start) state() state { return done }
