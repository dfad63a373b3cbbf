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
	keys     map[string]string // the questions that show the failures, by the check's id
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
	known := f.stepChecks[at]
	if f.step == answers.StepAdvanced {
		delete(f.stepChecks, at) // the review checks the settings again
	}
	if f.step == answers.StepAdvanced || !f.isConfirmed() {
		return nil
	}
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
		s.blame(run, *r)
	}
}

// blame marks the question that a failure is about.
func (s *session) blame(run *stepChecks, r check.Result) {
	key, ok := s.responses.ForResult(r)
	if !ok {
		return
	}
	s.addProblem(key, problemText(r))
	if run.keys == nil {
		run.keys = map[string]string{}
	}
	run.keys[r.Check.ID] = key
}

// takeReviewed takes over what the checks of the review say about the steps.
func (s *session) takeReviewed(a answers.Answers, rows checkRows) {
	s.stepChecks = map[step]*stepChecks{}
	for _, row := range rows {
		if row.result == nil {
			continue
		}
		at := step(question.StepOf(row.check))
		if key, ok := s.responses.ForResult(*row.result); ok && row.result.Status != check.Pass {
			at = s.stepOf(key)
		}
		if at == "" {
			continue
		}
		run := s.stepChecks[at]
		if run == nil {
			run = &stepChecks{answered: a}
			s.stepChecks[at] = run
		}
		run.rows = append(run.rows, row)
		if row.result.Status == check.Failed {
			s.blame(run, *row.result)
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
			if s.fails(run, row) {
				return row.result, run.keys[row.check.ID]
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
	case run == nil, s.outcome.Ending == Installed:
		return done
	case slices.ContainsFunc(run.rows, func(row checkRow) bool { return s.fails(run, row) }):
		return failed
	case run.task.running() && len(run.rows) > 0:
		return working
	case len(run.rows.with(check.Warned)) > 0:
		return warned
	}
	return done
}

// fails reports whether a check failed, and the answer that it is about has not changed
// since.
func (s *session) fails(run *stepChecks, row checkRow) bool {
	if row.result == nil || row.result.Status != check.Failed {
		return false
	}
	key := run.keys[row.check.ID]
	return key == "" || s.problems[key] != ""
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

// with returns the checks that have ended with a status.
func (rows checkRows) with(status check.Status) checkRows {
	var some checkRows
	for _, row := range rows {
		if row.result != nil && row.result.Status == status {
			some = append(some, row)
		}
	}
	return some
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
