package prompt

import (
	"slices"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// fixes returns the results that one change of the answers resolves.
func (p *prompter) fixes(report check.Report) []check.Result {
	return slices.DeleteFunc(slices.Clone(report.Results), func(r check.Result) bool {
		return r.Status != check.Failed && r.Status != check.Warned || !p.responses.CanFix(r.Fix)
	})
}

// fix makes the change that resolves a check.
func (p *prompter) fix(report check.Report, id string) {
	for _, r := range p.fixes(report) {
		if r.Check.ID == id {
			p.responses.Fix(r.Fix)
			p.saveProgress(answers.StepAdvanced)
			p.printf("Changed: %s.", r.Fix.Title)
			return
		}
	}
}
