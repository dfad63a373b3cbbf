package wizard

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"reflect"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/wizard/narrate"
)

// review shows the plan, the values, and the running checks. It is the last
// screen before anything is written to the cluster.
type review struct {
	*session
	pane pane
	list list
	tab  int // the open one of tabs

	answered  answers.Answers // the answers of the plan and the checks
	preparing *task
	faults    answers.Faults // problems with the answers
	failure   string         // another reason why there is no plan
	shown     Review

	checking    *task
	consented   []string  // the notices that the user agreed to
	rows        checkRows // in the order in which they started
	report      *check.Report
	checksError string // why the checks could not run

	rowKeys     []string // the question that each line of the page is about, or ""
	actionsAt   int      // the line of the actions
	unfolded    bool     // the checks that passed or were skipped are listed
	installNext bool     // install when the checks have passed
	valuesPath  string   // the values file, once written
	saved       string   // what happened to the answers file
	note        string
}

// checkRow is a check with its result, once it has one.
type checkRow struct {
	check  check.Check
	result *check.Result
}

type (
	planMsg struct {
		plan        Plan
		fileChanges []string // of an existing values file
		err         error
	}
	checkMsg  check.Event
	reportMsg struct {
		report check.Report
		err    error
	}
	writtenMsg struct {
		path string
		err  error
	}
)

func newReview(s *session) *review {
	return &review{session: s, pane: pane{styles: s.styles}, list: list{session: s}}
}

func (r *review) enter(string) tea.Cmd {
	r.note, r.fixing, r.installNext = "", false, false
	r.reached = stepReview // the steps before it are no longer later ones
	a := r.responses.Answers()
	if reflect.DeepEqual(a, r.answered) && (r.plan != nil || r.preparing.running()) {
		r.updateActions()
		return nil
	}
	r.answered, r.pane.offset, r.tab = a, 0, 0
	return tea.Batch(r.prepare(), r.check())
}

func (r *review) prepare() tea.Cmd {
	r.preparing.drop()
	r.plan, r.faults, r.failure, r.shown = nil, nil, "", Review{}
	a, path := r.answered, r.options.ValuesPath
	task, cmd := r.begin(r, func(ctx context.Context, _ func(tea.Msg)) tea.Msg {
		plan, err := r.engine.Prepare(ctx, a)
		if err != nil {
			return planMsg{err: err}
		}
		return planMsg{plan: plan, fileChanges: plan.FileChanges(path)}
	})
	r.preparing = task
	r.updateActions()
	return cmd
}

func (r *review) check() tea.Cmd {
	r.checking.drop()
	r.stopStepChecks()
	r.rows, r.report, r.checksError, r.problems = nil, nil, "", nil
	a, agreed := r.answered, r.hasConsent()
	task, cmd := r.begin(r, func(ctx context.Context, tell func(tea.Msg)) tea.Msg {
		report, err := r.engine.Preflight(ctx, a, agreed, func(e check.Event) { tell(checkMsg(e)) })
		return reportMsg{report, err}
	})
	r.checking = task
	r.updateActions()
	return cmd
}

// hasConsent reports whether the user agreed to all notices.
func (r *review) hasConsent() bool { return slices.Equal(r.consented, r.engine.Notices(r.answered)) }

// hasUnproved reports whether a check was skipped without consent to write.
func (r *review) hasUnproved() bool {
	return !r.hasConsent() && slices.ContainsFunc(r.rows, func(row checkRow) bool {
		return row.check.Notices != nil && row.result != nil && row.result.Status == check.Skipped
	})
}

func (r *review) update(msg tea.Msg) (move, tea.Cmd) {
	switch msg := msg.(type) {
	case planMsg:
		r.planReady(msg)
	case checkMsg:
		r.rows.change(check.Event(msg))
	case reportMsg:
		return r.reportReady(msg)
	case answersChangedMsg:
		return move{}, r.enter("")
	case answersSavedMsg:
		r.note, r.saved = "", r.answersSaved(r, msg)
	case writtenMsg:
		return r.valuesWritten(msg)
	case tea.KeyMsg:
		return r.key(msg.String())
	}
	r.updateActions()
	return move{}, nil
}

func (r *review) key(name string) (move, tea.Cmd) {
	r.installNext = false
	if r.plan == nil && r.preparing.running() {
		switch name {
		case "enter":
			return move{}, nil // typed ahead: there is nothing to choose yet
		case r.proceedKey(), "w":
			r.note = "The plan is not ready yet. Wait for it, then press " + name + " again."
			return move{}, nil
		}
	}
	switch name {
	case "esc":
		return move{kind: back}, nil
	case "tab", "shift+tab":
		r.turn(map[string]int{"tab": 1, "shift+tab": -1}[name])
		return move{}, nil
	case "c":
		if tabs[r.tab].name == "Commands" && r.plan != nil {
			r.saved = "Copied the commands, if your terminal allows it."
			return move{}, r.copyText(strings.Join(r.shown.Commands, "\n"))
		}
	case "a":
		r.unfolded = !r.unfolded
		return move{}, nil
	case "r":
		return move{}, tea.Batch(r.prepare(), r.check())
	case "up", "down", "pgup", "pgdown", "home", "end", "j", "k", " ":
		r.pane.key(name)
		return move{}, nil
	}
	return r.list.key(name)
}

func (r *review) planReady(msg planMsg) {
	var faults answers.Faults
	switch {
	case errors.As(msg.err, &faults) && len(faults) > 0:
		r.faults = faults.ByField()
	case msg.err != nil:
		r.failure = msg.err.Error()
	default:
		r.plan, r.shown, r.note = msg.plan, msg.plan.Review(), ""
		r.operation = narrate.OperationOn(r.shown.Upgrade)
		r.file = valuesFile{changes: msg.fileChanges}
	}
}

// reportReady takes the report, and goes on to the install if that was asked for.
func (r *review) reportReady(msg reportMsg) (move, tea.Cmd) {
	r.takeReport(msg)
	r.takeReviewed(r.answered, r.rows)
	r.updateActions()
	if goOn := r.installNext; goOn && r.plan != nil {
		r.installNext = false
		return r.install()
	}
	return move{}, nil
}

// takeReport sorts the checks in the report's order.
func (r *review) takeReport(msg reportMsg) {
	if msg.err != nil {
		r.checksError = msg.err.Error()
	}
	r.report = &msg.report
	if len(msg.report.Results) == 0 {
		return
	}
	r.rows = r.rows[:0]
	for _, result := range msg.report.Results {
		r.rows = append(r.rows, checkRow{result.Check, &result})
	}
}

func (r *review) valuesWritten(msg writtenMsg) (move, tea.Cmd) {
	switch {
	case errors.Is(msg.err, fs.ErrExist):
		r.openDialog(fmt.Sprintf("%s already exists.", msg.path), "Overwriting it discards its current content.",
			option{"o", "Overwrite", func() (move, tea.Cmd) { return move{}, r.write(true) }},
			option{"k", "Keep it", nil})
	case msg.err != nil:
		r.note = "Could not write the file: " + msg.err.Error()
	default:
		r.valuesPath = msg.path
		r.file = valuesFile{} // it has the plan's content now
		r.outcome.Values = msg.path
		if r.outcome.Ending == Left {
			r.outcome.Ending = Wrote
		}
	}
	r.updateActions()
	return move{}, nil
}

func (r *review) write(overwrite bool) tea.Cmd {
	plan, path := r.plan, r.options.ValuesPath
	r.note = ""
	_, cmd := r.begin(r, func(context.Context, func(tea.Msg)) tea.Msg {
		return writtenMsg{path, plan.WriteValues(path, overwrite)}
	})
	return cmd
}

func (r *review) state() state {
	switch {
	case r.outcome.Ending == Installed:
		return done // the install has settled what the checks doubted
	case len(r.faults) > 0 || r.failure != "" || r.tally().Failed > 0:
		return failed
	case r.checking.running() || r.preparing.running():
		return working
	case r.plan == nil:
		return later
	}
	return done
}
