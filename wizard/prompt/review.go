package prompt

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/wizard"
	"github.com/zenml-installer/zenml-installer/wizard/narrate"
	"github.com/zenml-installer/zenml-installer/wizard/question"
)

// review shows the plan, runs the checks and asks what to do. again means that
// questions must be asked again.
func (p *prompter) review(ctx context.Context) (again bool, err error) {
	plan, err := p.prepare(ctx)
	if err != nil || plan == nil {
		return plan == nil, err
	}
	report, err := p.runChecks(ctx)
	if err != nil {
		return false, err
	}
	for {
		does, err := p.choose(ctx, report)
		if err != nil {
			return false, err
		}
		switch does {
		case "install":
			return p.install(ctx, plan, report)
		case "write":
			if err := p.writeValuesOnly(ctx, plan); err != nil {
				return false, err
			}
		case "check":
			if report, err = p.runChecks(ctx); err != nil {
				return false, err
			}
		case "change":
			return true, p.changeAnswer(ctx)
		case "quit":
			return false, errQuit
		default:
			p.fix(report, does)
			return true, nil
		}
	}
}

// prepare creates and shows the plan. If that fails, the questions with faults
// are asked again.
func (p *prompter) prepare(ctx context.Context) (wizard.Plan, error) {
	p.printf("\nPreparing the plan…")
	plan, err := p.Engine.Prepare(ctx, p.responses.Answers())
	var faults answers.Faults
	if errors.As(err, &faults) && p.reopenQuestions(faults.ByField()) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	r := plan.Review()
	p.operation = narrate.OperationOn(r.Upgrade)
	p.printf("\nPlan:")
	for i, sentence := range r.Sentences {
		p.printf("  %d. %s", i+1, sentence)
	}
	p.showObjects(r)
	if len(r.Changes) > 0 {
		p.printf("\nThe release is in use, and these values change:\n%s", indent(strings.Join(r.Changes, "\n")))
	}
	title := "Values for " + r.Chart + ", secrets masked"
	if r.Sensitive {
		title += " (the file contains a secret)"
	}
	p.printf("\n%s:\n%s", title, indent(r.Values))
	if len(r.Commands) > 0 {
		p.printf("Equivalent commands:\n%s", indent(strings.Join(r.Commands, "\n")))
	}
	return plan, nil
}

// showObjects counts the objects of the plan, and lists those that change.
func (p *prompter) showObjects(r wizard.Review) {
	switch {
	case r.Unknown != "":
		p.printf("\nCannot compare the plan with the cluster: %s", r.Unknown)
	case len(r.Objects.Objects) > 0:
		p.printf("\nObjects: %s", narrate.PlanCounts(r.Objects.Counts()))
		for _, o := range r.Objects.Changing() {
			p.printf("  %s", narrate.PlanLine(p.styles, o))
		}
	}
}

// reopenQuestions shows the faults and marks their questions as unanswered.
func (p *prompter) reopenQuestions(faults answers.Faults) bool {
	open := false
	p.printf("Some answers need to be fixed:")
	for _, fault := range faults {
		p.printf("  %s", question.DescribeFault(fault))
		f, _ := answers.FieldByKey(fault.Key)
		switch {
		case !p.responses.IsAskedInStep(f):
			p.reopenAdvanced(fault.Key)
			open = true
		case slices.Contains(p.answered, fault.Key):
			p.forget(fault.Key)
			open = true
		}
	}
	return open
}

func (p *prompter) runChecks(ctx context.Context) (check.Report, error) {
	agreed, err := p.askConsent(ctx)
	if err != nil {
		return check.Report{}, err
	}
	p.printf("\nChecks:")
	report, err := p.Engine.Preflight(
		ctx,
		p.responses.Answers(),
		agreed,
		func(e check.Event) { p.narrator.Check(withTitles(e)) },
	)
	if err == nil {
		p.narrator.Summary(report)
		p.repeatFailures(report)
	}
	return report, err
}

// repeatFailures lists the failures again, because they may have scrolled away.
func (p *prompter) repeatFailures(report check.Report) {
	if report.Summary().Failed > 0 {
		p.printf("\nFailed checks:")
	}
	for _, r := range report.Results {
		if r.Status == check.Failed {
			p.narrator.Check(withTitles(check.Event{Check: r.Check, Result: &r}))
		}
	}
}

// withTitles replaces answers keys by the titles of their questions.
func withTitles(e check.Event) check.Event {
	if e.Result == nil {
		return e
	}
	r := *e.Result
	r.Message, r.Remedy = question.UseTitles(r.Message), question.UseTitles(r.Remedy)
	return check.Event{Check: e.Check, Result: &r}
}

// askConsent shows what the checks write outside the cluster and asks for
// consent, once for the same notices.
func (p *prompter) askConsent(ctx context.Context) (bool, error) {
	notices := p.Engine.Notices(p.responses.Answers())
	if slices.Equal(notices, p.consented) {
		return true, nil
	}
	p.printf("\nTesting the permissions in the secrets store writes the following there and removes it again:\n%s",
		indent(strings.Join(notices, "\n")))
	yes, err := p.confirm(ctx, "secrets.permissions", "Test them?", true)
	if yes {
		p.consented = notices
	}
	return yes, err
}

// choose asks what to do with the plan.
func (p *prompter) choose(ctx context.Context, report check.Report) (string, error) {
	at := p.responses.Complete().Cluster
	does := []string{"install", "write", "check", "change", "quit"}
	titles := []string{p.operation.On(at.Release, at.Context), "Write " + p.ValuesPath + " only", "Check again", "Change an answer",
		"Quit"}
	byDefault := map[wizard.Goal]string{wizard.ToWrite: "2", wizard.ToCheck: "5"}[p.goal]
	byDefault = cmp.Or(byDefault, "1")
	if report.Verdict() == check.Failed {
		titles[0] += " despite failed checks"
		byDefault = "3"
	}
	for _, r := range p.fixes(report) {
		does, titles = append(does, r.Check.ID), append(titles, r.Fix.Title+" ("+r.Check.ID+")")
	}
	p.printf("\nWhat next?")
	for i, title := range titles {
		p.printf("  %d) %s", i+1, title)
	}
	for {
		line, err := p.line(ctx, "install", "What next ["+byDefault+"]: ", false)
		if err != nil {
			return "", err
		}
		if line = strings.TrimSpace(line); line == "" {
			line = byDefault
		}
		if n, err := strconv.Atoi(line); err == nil && n >= 1 && n <= len(does) {
			return does[n-1], nil
		}
		if slices.Contains(does, line) {
			return line, nil
		}
		p.printf("Please enter a number from 1 to %d.", len(does))
	}
}

// writeValuesOnly writes the values file and asks before it overwrites one.
func (p *prompter) writeValuesOnly(ctx context.Context, plan wizard.Plan) error {
	err := plan.WriteValues(p.ValuesPath, false)
	if errors.Is(err, fs.ErrExist) {
		yes, err := p.confirm(ctx, "overwrite", p.ValuesPath+" already exists. Overwrite it?", false)
		if err != nil || !yes {
			return err
		}
		return p.reportWritten(plan.WriteValues(p.ValuesPath, true))
	}
	return p.reportWritten(err)
}

func (p *prompter) reportWritten(err error) error {
	if err != nil {
		p.printf("Could not write the file: %v", err)
		return nil
	}
	p.outcome.Values = p.ValuesPath
	if p.outcome.Ending == wizard.Left {
		p.outcome.Ending = wizard.Wrote
	}
	p.printf("Wrote %s", p.ValuesPath)
	return nil
}

// reopenAdvanced asks for an advanced setting, or asks for it again.
func (p *prompter) reopenAdvanced(key string) {
	p.forget(key)
	p.changing = append(p.changing, key)
}

// listAdvanced lists the advanced settings that a word finds.
func (p *prompter) listAdvanced(word string) {
	found := 0
	for _, q := range p.responses.Advanced() {
		if !q.Matches(word) {
			continue
		}
		found++
		text, _ := p.responses.Display(q)
		p.printf("  %s: %s [%s]", q.Key, q.Title, text)
	}
	if found == 0 {
		p.printf("No advanced setting has this in its name or description.")
	}
}

// changeAnswer asks which answer to change and opens its question. A word lists the
// advanced settings with it, and the key of one opens it.
func (p *prompter) changeAnswer(ctx context.Context) error {
	asked := slices.DeleteFunc(slices.Clone(p.answered), func(key string) bool { return key == guardKey })
	for i, key := range asked {
		f, _ := answers.FieldByKey(key)
		p.printf("  %d) %s (%s)", i+1, f.Title, key)
	}
	p.printf("Enter a number, the key of an advanced setting, or a word to search them.")
	for {
		line, err := p.line(ctx, "change", "Which answer: ", false)
		if err != nil {
			return err
		}
		line = strings.TrimSpace(line)
		if n, err := strconv.Atoi(line); err == nil && n >= 1 && n <= len(asked) {
			line = asked[n-1]
		}
		if slices.Contains(asked, line) {
			p.forget(line)
			if f, _ := answers.FieldByKey(line); f.Step == answers.StepCluster {
				p.forget(guardKey)
			}
			return nil
		}
		if q, applies := p.responses.ByKey(line); applies && q.Advanced {
			p.reopenAdvanced(line)
			return nil
		}
		if _, err := strconv.Atoi(line); err == nil || line == "" {
			p.printf("Please enter a number from 1 to %d.", len(asked))
			continue
		}
		p.listAdvanced(line)
	}
}

func indent(text string) string {
	return "  " + strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n  ")
}
