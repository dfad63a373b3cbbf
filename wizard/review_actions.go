package wizard

import (
	"fmt"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/wizard/question"
)

// actions offers what can be done now, the most likely first: to install, or,
// with a failed check, to mend it.
func (r *review) updateActions() {
	options := slices.Concat(r.proceedOptions(), r.fixOptions())
	if r.countRows().failed > 0 {
		options = slices.Concat(r.fixOptions(), r.proceedOptions())
	}
	r.list.set(append(options, option{"esc", "back", func() (move, tea.Cmd) { return move{kind: back}, nil }})...)
}

// forward is what can be done with a plan.
func (r *review) proceedOptions() []option {
	if r.plan == nil {
		return nil
	}
	options := []option{{"i", "install into " + r.session.target().Context, r.install}}
	if r.valuesPath == "" {
		return append(options, option{"w", "write " + r.options.ValuesPath + " only", func() (move, tea.Cmd) { return move{}, r.write(false) }})
	}
	return append(options, option{"q", "leave with " + r.valuesPath, func() (move, tea.Cmd) { return move{kind: leave}, nil }})
}

// repair is what can be done about faults.
func (r *review) fixOptions() []option {
	var options []option
	if !r.checking.running() && !r.preparing.running() {
		options = append(options, option{"r", "check again", func() (move, tea.Cmd) { return move{}, tea.Batch(r.prepare(), r.check()) }})
	}
	if r.hasUnproved() {
		options = append(options, option{"p", "prove the rights", func() (move, tea.Cmd) { return r.askConsent(option{"", "stay here", nil}) }})
	}
	if r.fixMove().kind != stay {
		options = append(options, option{"e", "change the answer", func() (move, tea.Cmd) { r.markProblems(); return r.fixMove(), nil }})
	}
	return options
}

// tell says what the open proof would write, and asks for the person's word.
func (r *review) askConsent(otherwise ...option) (move, tea.Cmd) {
	notices := r.engine.Notices(r.answered)
	prove := option{"p", "prove them now", func() (move, tea.Cmd) {
		r.consented = notices
		return move{}, r.check()
	}}
	r.openDialog("Not all rights in the secrets store are proved.", "To prove them, something is written there, used and removed:\n\n"+strings.Join(notices, "\n"),
		append([]option{prove}, otherwise...)...)
	return move{}, nil
}

// mend leads to the answer that is at fault, if one is.
func (r *review) fixMove() move {
	for _, fault := range r.faults {
		if to := r.stepOf(fault.Key); to != stepReview {
			return move{kind: jump, to: to, key: fault.Key}
		}
	}
	for _, row := range r.failed() {
		if key, ok := r.responses.ForCheck(row.check); ok {
			return move{kind: jump, to: r.stepOf(key), key: key}
		}
	}
	return move{}
}

// failed is the checks that have failed.
func (r *review) failed() []checkRow {
	var failed []checkRow
	for _, row := range r.rows {
		if row.result != nil && row.result.Status == check.Failed {
			failed = append(failed, row)
		}
	}
	return failed
}

// blame has what was found stand above the questions that mend it.
func (r *review) markProblems() {
	r.problems = map[string]string{}
	add := func(key, text string) {
		if r.problems[key] != "" {
			text = r.problems[key] + "\n" + text
		}
		r.problems[key] = text
	}
	for _, fault := range r.faults {
		add(fault.Key, question.DescribeFault(fault))
	}
	for _, row := range r.failed() {
		if key, ok := r.responses.ForCheck(row.check); ok {
			add(key, row.check.ID+": "+question.CheckMessage(row.result.Message))
		}
	}
}

// install goes on to the install, after the person's word for everything that
// speaks against it.
func (r *review) install() (move, tea.Cmd) {
	if !r.isConfirmed() {
		return move{kind: jump, to: step(answers.StepCluster), key: guardKey}, nil
	}
	here := option{"", "stay here", nil}
	anyway := option{"y", "install all the same", func() (move, tea.Cmd) { return move{kind: next}, nil }}
	switch n := r.countRows(); {
	case r.checking.running():
		r.openDialog("The checks are still running.", "What they would find may make the install fail.", anyway, here)
	case n.failed > 0:
		r.openDialog(fmt.Sprintf("%s failed.", count(n.failed, "check")), "The install is likely to fail, or to leave a server that does not work or is not safe. The remedies stand with the checks.", anyway, here)
	case r.checksError != "":
		r.openDialog("The checks could not be made.", r.checksError, anyway, here)
	case r.hasUnproved():
		return r.askConsent(anyway, here)
	case len(r.shown.Changes) > 0:
		r.openDialog("The release is in use.", "The upgrade changes these values of it:\n\n"+strings.Join(r.shown.Changes, "\n"),
			option{"y", "upgrade it", anyway.run}, here)
	default:
		return move{kind: next}, nil
	}
	return move{}, nil
}

func (r *review) keys() []binding {
	return []binding{{"←→", "choose"}, {"enter", "do it"}, {"↑↓", "scroll"}, {"esc", "back"}, {"?", "help"}}
}

func (r *review) about() (title, text string) {
	return "Review", "This is what will be done, in sentences, the checks as they run, the values that the chart gets with their secrets masked, and the commands that would do the same by hand.\n\n" +
		"Nothing has been written to the cluster so far. A check that failed names its remedy: mend it, then check again with r, or change the answer with e. You can install over a failed check, but are asked first.\n\n" +
		"The values file alone is for those who install by Helm or GitOps themselves."
}
