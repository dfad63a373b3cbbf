package wizard

import (
	"context"
	"reflect"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/display"
	"github.com/zenml-installer/zenml-installer/wizard/question"
)

// stepChecks are the checks of a finished step, which run beside the next one. They
// only read; the review runs all checks again.
type stepChecks struct {
	task     *task
	answered answers.Answers
	rows     checkRows
	keys     []string // the questions that show their problems
}

type (
	stepCheckMsg struct {
		step  step
		event check.Event
	}
	stepReportMsg struct{ step step }
)

// checkStep starts the checks of a step, unless they know these answers.
func (f *form) checkStep() tea.Cmd {
	at, a := step(f.step), f.responses.Answers()
	if f.step == answers.StepAdvanced || !f.isConfirmed() {
		return nil
	}
	known := f.stepChecks[at]
	if known != nil && reflect.DeepEqual(known.answered, a) {
		return nil
	}
	if known != nil {
		known.task.drop()
		f.forgetProblems(known)
	}
	run := &stepChecks{answered: a}
	task, cmd := f.begin(f, func(ctx context.Context, tell func(tea.Msg)) tea.Msg {
		f.engine.CheckStep(ctx, a, f.step, func(e check.Event) { tell(stepCheckMsg{at, e}) })
		return stepReportMsg{at}
	})
	run.task = task
	f.stepChecks[at] = run
	return cmd
}

// stepChecked takes the state of a check, and marks the question that a failure is
// about.
func (s *session) stepChecked(msg stepCheckMsg) {
	run := s.stepChecks[msg.step]
	if run == nil {
		return
	}
	run.rows.change(msg.event)
	if r := msg.event.Result; r != nil && r.Status == check.Failed {
		if key, ok := s.responses.ForResult(*r); ok {
			s.addProblem(key, problemText(*r))
			run.keys = append(run.keys, key)
		}
	}
}

// stopStepChecks stops what is still running, because the review checks everything.
func (s *session) stopStepChecks() {
	for at, run := range s.stepChecks {
		if run.task.running() {
			run.task.drop()
			delete(s.stepChecks, at)
		}
	}
}

// forgetProblems removes what a run has marked.
func (s *session) forgetProblems(run *stepChecks) {
	for _, key := range run.keys {
		delete(s.problems, key)
	}
}

// addProblem shows a problem above the question that fixes it.
func (s *session) addProblem(key, text string) {
	if s.problems == nil {
		s.problems = map[string]string{}
	}
	if before := s.problems[key]; before != "" && !strings.Contains(before, text) {
		text = before + "\n" + text
	}
	s.problems[key] = text
}

// problemText describes a failed check.
func problemText(r check.Result) string { return r.Check.ID + ": " + question.UseTitles(r.Message) }

// stepFailure returns the first failure of the finished steps, and the question that
// it is about, or "".
func (s *session) stepFailure() (failure *check.Result, key string) {
	for _, at := range s.steps() {
		run := s.stepChecks[at]
		if run == nil {
			continue
		}
		for _, row := range run.rows {
			if row.result == nil || row.result.Status != check.Failed {
				continue
			}
			key, _ := s.responses.ForResult(*row.result)
			if key == "" || s.problems[key] != "" { // else the answer has changed since
				return row.result, key
			}
		}
	}
	return nil, ""
}

// fixStep opens the question of the first failure; after the change the user is back
// where they were.
func (m *model) fixStep() tea.Cmd {
	_, key := m.stepFailure()
	left := m.openQuestion()
	if key == "" || key == left || m.isInstalling() || m.at == stepReview {
		return nil
	}
	m.resumeAt, m.fixing = m.at, true
	m.leftAt = move{kind: jump, to: m.at, key: left}
	return m.follow(move{kind: jump, to: m.stepOf(key), key: key})
}

// openQuestion returns the key of the open question, or "" if none is open.
func (m *model) openQuestion() string {
	switch at := m.screen().(type) {
	case *form:
		return at.openKey()
	case *cluster:
		return at.openKey()
	case *advanced:
		if at.editing != nil {
			return at.editing.only
		}
	}
	return ""
}

// stepState returns what the checks of a step say, or done.
func (s *session) stepState(at step) state {
	run := s.stepChecks[at]
	switch {
	case run == nil:
		return done
	case slices.ContainsFunc(run.keys, func(key string) bool { return s.problems[key] != "" }):
		return failed
	case run.task.running() && len(run.rows) > 0:
		return working
	}
	return done
}

// stepChecksLine shows in one line how the checks of the finished steps stand: the
// first failure, or the counts and what is running. It is empty before the first.
func (s *session) stepChecksLine(width int) string {
	if failure, key := s.stepFailure(); failure != nil {
		line := s.styles.Bad.Render(display.GlyphFailed) + " " + problemText(*failure)
		if key == "" {
			return display.Truncate(line, width)
		}
		hint := "  " + s.styles.Key.Render("ctrl+g") + s.styles.Muted.Render(" goes there")
		return display.Truncate(line, max(width-len("  ctrl+g goes there"), 1)) + hint
	}
	var all checkRows
	for _, at := range s.steps() {
		if run := s.stepChecks[at]; run != nil {
			all = append(all, run.rows...)
		}
	}
	if len(all) == 0 {
		return ""
	}
	line := s.styles.Title.Render("Checks  ") + s.styles.Tally(all.tally())
	for _, row := range all {
		if row.result == nil {
			return display.Truncate(line+"  "+s.styles.Accent.Render(s.spinner()+" "+row.check.Claim), width)
		}
	}
	return display.Truncate(line, width)
}

// checkRows are checks with their results, in the order in which they started.
type checkRows []checkRow

// change takes the state of one check.
func (rows *checkRows) change(e check.Event) {
	for i := range *rows {
		if (*rows)[i].check.ID == e.Check.ID {
			(*rows)[i].result = e.Result
			return
		}
	}
	*rows = append(*rows, checkRow{e.Check, e.Result})
}

// tally counts the checks that have finished.
func (rows checkRows) tally() display.Tally {
	var t display.Tally
	for _, row := range rows {
		switch {
		case row.result == nil:
		case row.result.Status == check.Pass:
			t.Passed++
		case row.result.Status == check.Warned:
			t.Warnings++
		case row.result.Status == check.Failed:
			t.Failed++
		default:
			t.Skipped++
		}
	}
	return t
}
