package prompt

import (
	"context"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/wizard"
	"github.com/zenml-installer/zenml-installer/wizard/question"
	"github.com/zenml-installer/zenml-installer/wizard/saved"
)

// confirmCluster asks whether this is the right cluster.
func (p *prompter) confirmCluster(ctx context.Context) error {
	p.dropChart()
	target, err := p.Engine.Describe(ctx, p.responses.Answers())
	if ctx.Err() != nil {
		return ctx.Err()
	}
	name := p.responses.Complete().Cluster.Context
	if err != nil {
		p.printf("\nCannot reach %s: %v", name, err)
		again, err := p.confirm(ctx, question.ContextKey, "Try again?", true)
		if err == nil && !again {
			p.forgetCluster()
		}
		return err
	}
	p.responses.SetKept(target.Keys)
	p.printf("\nInstall target:")
	for _, f := range target.Facts() {
		p.printf("  %s: %s", f.Label, f.Text)
	}
	if target.Existing != nil && target.Existing.Note != "" {
		p.printf("%s", target.Existing.Note)
	}
	p.operation = target.Operation()
	yes, err := p.confirm(ctx, question.ContextKey, "Nothing has been written yet. "+p.does(target, name)+"?", false)
	switch {
	case err != nil:
		return err
	case yes:
		p.answered = append(p.answered, guardKey)
		p.unfinished = target.Existing != nil && target.Existing.Unfinished
	default:
		p.forgetCluster()
	}
	switch {
	case yes && target.Existing != nil:
		return p.importRelease(ctx)
	case yes && p.tryingOut:
		if note := wizard.KeepOnVolume(p.responses); note != "" {
			p.printf("%s", note)
		}
	}
	return nil
}

// importRelease offers the settings of the existing release as answers. Answers
// that a file or flags gave win, except the target: it is the one that was confirmed.
func (p *prompter) importRelease(ctx context.Context) error {
	if !p.isPicked() {
		yes, err := p.confirm(ctx, "settings", "Start with the release's settings (no: with "+
			string(p.startingPoint())+")?", true)
		if err != nil || !yes {
			return err
		}
	}
	imported, notes, err := p.Engine.Import(ctx, p.responses.Answers())
	if err != nil {
		p.printf("Cannot read its settings: %v", err)
		return ctx.Err()
	}
	start := p.Start
	start.Cluster = p.responses.Complete().Cluster
	if p.isPicked() && p.repairs {
		start.Chart.Version = p.picked.ChartVersion
	}
	p.responses.Import(imported)
	p.responses.SetAll(start)
	for _, note := range notes {
		p.printf("Not taken over: %s", note)
	}
	p.restoreProgress(string(answers.StepAdvanced))
	return nil
}

// startingPoint returns where the answers come from so far.
func (p *prompter) startingPoint() wizard.StartingPoint {
	switch {
	case p.continued:
		return wizard.FromSaved
	case saved.IsWorthKeeping(p.Start):
		return wizard.FromCommand
	}
	return wizard.FromDefaults
}

// forgetCluster marks the questions about the cluster as unanswered.
func (p *prompter) forgetCluster() {
	p.forget(guardKey)
	for _, f := range answers.Asked(answers.StepCluster, p.responses.Complete()) {
		p.forget(f.Key)
	}
}
