package wizard

import (
	"fmt"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/display"
	"github.com/zenml-installer/zenml-installer/wizard/question"
)

// updateActions offers the available actions, in an order that stays. The cursor
// starts on the most likely one: install, or change what failed.
func (r *review) updateActions() {
	options := slices.Concat(r.proceedOptions(), r.remedyOptions(), r.fixOptions())
	if r.plan != nil {
		options = append(options, r.saveOption(r))
	}
	r.list.set(append(options, option{"esc", "Go back", goTo(move{kind: back})})...)
	switch fixes := r.fixes(); {
	case len(fixes) > 0 && fixes[0].Status == check.Failed:
		r.list.suggest(fixKeys[0])
	case r.tally().Failed > 0:
		r.list.suggest("e", "r")
	}
}

// proceedKey is the key that starts the install or the upgrade.
func (r *review) proceedKey() string { return string(r.operation[:1]) }

// proceedOptions are the actions that need a plan.
func (r *review) proceedOptions() []option {
	if r.plan == nil {
		return nil
	}
	at := r.session.target()
	install := option{r.proceedKey(), r.operation.On(at.Release, at.Context), r.install}
	if r.valuesPath != "" {
		return []option{install, {"q", "Quit, keep " + r.valuesPath, goTo(move{kind: leave})}}
	}
	write := option{"w", "Write " + r.options.ValuesPath + " only",
		func() (move, tea.Cmd) { return move{}, r.write(false) }}
	switch r.goal {
	case ToCheck:
		return []option{{"q", "Quit", goTo(move{kind: leave})}, install, write}
	case ToWrite:
		return []option{write, install}
	}
	return []option{install, write}
}

// fixKeys choose the changes that the review offers, the first one first.
var fixKeys = []string{"f", "g", "h"}

// fixes returns the results that one change of the answers resolves, failures first.
func (r *review) fixes() []check.Result {
	var fixes []check.Result
	for _, status := range []check.Status{check.Failed, check.Warned} {
		for _, row := range r.rows.with(status) {
			if r.responses.CanFix(row.result.Fix) {
				fixes = append(fixes, *row.result)
			}
		}
	}
	return fixes[:min(len(fixes), len(fixKeys))]
}

// remedyOptions are the changes that resolve problems.
func (r *review) remedyOptions() []option {
	var options []option
	for i, result := range r.fixes() {
		options = append(options, option{fixKeys[i], result.Fix.Title,
			func() (move, tea.Cmd) { return r.apply(result.Fix) }})
	}
	return options
}

// apply changes the answers, and prepares and checks the install again.
func (r *review) apply(fix check.Fix) (move, tea.Cmd) {
	before := r.responses.Checkpoint()
	keys := r.responses.Fix(fix)
	r.remember(change{r.stepOf(keys[0]), keys[0], before})
	r.list.moved = false
	return move{}, tea.Batch(r.enter(""), r.saveProgress(stepReview))
}

// fixHint names the key that resolves a problem, or is empty.
func (r *review) fixHint(result check.Result) string {
	for i, fixed := range r.fixes() {
		if fixed.Check.ID == result.Check.ID {
			return r.styles.Key.Render(fixKeys[i]) + " " + fixed.Fix.Title
		}
	}
	return ""
}

// fixOptions are the actions for problems.
func (r *review) fixOptions() []option {
	var options []option
	if r.hasUnproved() {
		test := func() (move, tea.Cmd) { return r.askConsent(option{"", "Go back", nil}) }
		options = append(options, option{"p", "Test permissions", test})
	}
	if r.fixMove().kind != stay {
		change := func() (move, tea.Cmd) { return r.toQuestion(r.fixMove()), nil }
		options = append(options, option{"e", "Change the answer", change})
	}
	if !r.checking.running() && !r.preparing.running() {
		options = append(options, option{"r", "Check again", r.checkAgain})
	}
	return options
}

func (r *review) checkAgain() (move, tea.Cmd) { return move{}, tea.Batch(r.prepare(), r.check()) }

// askConsent shows what testing the permissions would write, and asks for
// consent.
func (r *review) askConsent(otherwise ...option) (move, tea.Cmd) {
	notices := r.engine.Notices(r.answered)
	test := option{"p", "Test now", func() (move, tea.Cmd) {
		r.consented = notices
		return move{}, r.check()
	}}
	r.openDialog("Some permissions in the secrets store are not tested.",
		"Testing them writes the following there and removes it again:\n\n"+strings.Join(notices, "\n"),
		append([]option{test}, otherwise...)...)
	return move{}, nil
}

// toQuestion leads to a question, and back here after its answer has changed.
func (r *review) toQuestion(to move) move {
	r.markProblems()
	r.resumeAt, r.fixing = stepReview, true
	return to
}

func (r *review) wantsMouse() bool { return true }

// click turns to the tab, opens the question that a line is about, or selects the action
// below the mouse.
func (r *review) click(column, line int) (move, tea.Cmd) {
	const pageAt = 2
	row := line - pageAt + r.pane.offset
	switch {
	case line == 0:
		r.clickTab(column)
	case line >= r.actionsAt:
		return r.list.clickFlat(column, line-r.actionsAt, r.measure)
	case line >= pageAt && line < pageAt+r.pane.height && row < len(r.rowKeys) && r.rowKeys[row] != "":
		key := r.rowKeys[row]
		return r.toQuestion(move{kind: jump, to: r.stepOf(key), key: key}), nil
	}
	return move{}, nil
}

// fixMove leads to the answer that caused a problem, if any.
func (r *review) fixMove() move {
	for _, fault := range r.faults {
		if to := r.stepOf(fault.Key); to != stepReview {
			return move{kind: jump, to: to, key: fault.Key}
		}
	}
	for _, row := range r.failed() {
		if key, ok := r.responses.ForResult(*row.result); ok {
			return move{kind: jump, to: r.stepOf(key), key: key}
		}
	}
	return move{}
}

// failed returns the checks that failed.
func (r *review) failed() checkRows { return r.rows.with(check.Failed) }

// markProblems shows each problem above the question that fixes it.
func (r *review) markProblems() {
	r.problems = nil
	for _, fault := range r.faults {
		_, isAsked := answers.FieldByKey(fault.Key)
		if isAsked && r.responses.Typed(fault.Key)+r.responses.Complete().Get(fault.Key) != "" { // else it shows by itself
			r.addProblem(fault.Key, question.DescribeFault(fault))
		}
	}
	for _, row := range r.failed() {
		if key, ok := r.responses.ForResult(*row.result); ok {
			r.addProblem(key, problemText(*row.result))
		}
	}
}

// install starts the install. It asks for confirmation if checks failed or an
// existing release changes.
func (r *review) install() (move, tea.Cmd) {
	if !r.isConfirmed() {
		return move{kind: jump, to: step(answers.StepCluster), key: guardKey}, nil
	}
	here := option{"", "Go back", nil}
	does := string(r.operation)
	anyway := option{"y", r.operation.Verb() + " anyway", r.takeOver}
	switch failed := r.tally().Failed; {
	case r.checking.running():
		r.openDialog("The checks are still running.", "They may still find a problem that makes the "+does+
			" fail.", anyway, option{"w", r.operation.Verb() + " when they pass", r.installAfterChecks}, here)
	case failed > 0:
		r.openDialog(fmt.Sprintf("%s failed.", display.Count(failed, "check")), "The "+does+" is likely to fail, "+
			"or the server will not work or will not be secure. See the remedies in the review.", anyway, here)
	case r.checksError != "":
		r.openDialog("The checks could not run.", r.checksError, anyway, here)
	case r.hasUnproved():
		return r.askConsent(anyway, here)
	case len(r.shown.Changes) > 0:
		r.openDialog("The release is in use.",
			"The upgrade changes these values:\n\n"+strings.Join(r.shown.Changes, "\n"),
			option{"y", "Upgrade", anyway.run}, here)
	default:
		return r.takeOver()
	}
	return move{}, nil
}

// installAfterChecks installs when the checks have ended without a failure, unless
// another key is pressed before.
func (r *review) installAfterChecks() (move, tea.Cmd) {
	if !r.checking.running() {
		return r.install()
	}
	r.installNext = true
	return move{}, nil
}

// takeOver starts the install, after asking about a release that another run left
// unfinished.
func (r *review) takeOver() (move, tea.Cmd) {
	if r.existing == nil || !r.existing.Unfinished {
		return r.settleFile()
	}
	r.openDialog("An earlier run did not finish.",
		"The release is "+r.existing.Status+". If that run was killed, this one takes over: it goes back to the last "+
			"revision that worked, if there is one, and then installs. All keys are kept. If it is still running, "+
			"nothing changes and you are told which run it is.",
		option{"y", "Take over", r.settleFile}, option{"", "Go back", nil})
	return move{}, nil
}

// mostFileChanges is how many differences of an existing values file are shown.
const mostFileChanges = 12

// settleFile starts the install, after asking what happens to an existing values
// file with other content.
func (r *review) settleFile() (move, tea.Cmd) {
	if len(r.file.changes) == 0 || r.file.decided {
		return move{kind: next}, nil
	}
	decide := func(overwrite bool) func() (move, tea.Cmd) {
		return func() (move, tea.Cmd) {
			r.file.decided, r.file.overwrite = true, overwrite
			return move{kind: next}, nil
		}
	}
	shown := r.file.changes
	if len(shown) > mostFileChanges {
		more := len(shown) - mostFileChanges
		shown = append(slices.Clone(shown[:mostFileChanges]), fmt.Sprintf("and %d more", more))
	}
	r.openDialog(r.options.ValuesPath+" already exists.",
		"This "+string(r.operation)+" would change these values in it:\n\n"+strings.Join(shown, "\n"),
		option{"o", "Overwrite it", decide(true)},
		option{"k", r.operation.Verb() + ", but keep the old file", decide(false)},
		option{"", "Go back", nil})
	return move{}, nil
}

func (r *review) keys() []binding {
	return []binding{{"tab", "page"}, {"←→", "choose"}, {"enter", "select"}, {"↑↓", "scroll"}, {"esc", "back"},
		{"?", "help"}}
}

func (r *review) about() (title, text string) {
	return "Review", "The pages show the plan with what needs attention, your answers, all checks, the chart " +
		"values with secrets masked, and the equivalent commands. Press tab for the next one.\n\n" +
		"Nothing has been written to the cluster yet. A failed check shows its remedy: fix the problem and press r " +
		"to check again, or press e to change the answer. Where one change is obvious, f makes it. You can " +
		string(r.operation) + " despite failed checks; you are asked first.\n\n" +
		"Write only the values file if you install with Helm or GitOps."
}
