// Package prompt is the guided install in plain lines: for screen readers,
// for terminals that cannot move their cursor, and for pipes. It asks the same
// questions as the screens, with the same rules, one line each.
package prompt

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/wizard"
	"github.com/zenml-installer/zenml-installer/wizard/narrate"
	"github.com/zenml-installer/zenml-installer/wizard/question"
	"github.com/zenml-installer/zenml-installer/wizard/saved"
	"github.com/zenml-installer/zenml-installer/wizard/theme"
)

// prompter is one guided install in lines.
type prompter struct {
	wizard.Options
	in        *reader
	out       io.Writer
	styles    *theme.Styles
	narrator  *narrate.Narrator
	responses *question.Responses
	answered  []string // the keys that were answered in this run, in order
	consented []string // what the checks may write outside the cluster
	outcome   wizard.Outcome
}

// Run leads through the install in lines: questions and talk go to the
// options' Output, answers come from Input, one a line. Secrets are not echoed
// on a terminal. When the input ends too early the error is answers.Faults
// and names the answer that is missing; when ctx ends it is ctx's error.
func Run(ctx context.Context, o wizard.Options) (wizard.Outcome, error) {
	if o.ValuesPath == "" {
		o.ValuesPath = wizard.DefaultValues
	}
	p := &prompter{
		Options: o, in: newReader(o.Input), out: o.Output, styles: theme.New(withoutStyles(o.Terminal)),
		narrator: narrate.New(o.Output, narrate.Options{Terminal: withoutStyles(o.Terminal), Now: o.Now}), responses: question.NewResponses(o.Start),
		outcome: wizard.Outcome{Ending: wizard.Left},
	}
	err := p.run(ctx)
	p.outcome.Answers = p.responses.Answers()
	return p.outcome, err
}

// plain takes styles away: lines may be read aloud or end in a log.
func withoutStyles(t theme.Terminal) theme.Terminal {
	return theme.Terminal{ASCII: t.ASCII}
}

// errLeave ends the install by the person's own choice.
var errQuit = errors.New("left")

// lead is the install from beginning to end.
func (p *prompter) run(ctx context.Context) error {
	p.printf("This is the guided install of a ZenML server. Every question shows its default in brackets; an empty line takes it. ? explains a question, < goes back to the one before.")
	err := p.resume(ctx)
	for _, part := range []func(context.Context) error{p.loadContexts, p.askAndReview, p.connect} {
		if err == nil {
			err = part(ctx)
		}
	}
	if errors.Is(err, errQuit) {
		return nil
	}
	return err
}

// resume offers to go on with an earlier run.
func (p *prompter) resume(ctx context.Context) error {
	if p.StatePath == "" || saved.IsWorthKeeping(p.Start) {
		return nil
	}
	run := saved.Read(p.StatePath)
	if run == nil {
		return nil
	}
	yes, err := p.confirm(ctx, "go on", fmt.Sprintf("There is an install from %s that you have not finished. Go on where it was left? Secrets are asked again, and whether it is the right cluster.", run.At.Format("2 January 2006, 15:04")), true)
	if err == nil && yes {
		*p.responses = *question.NewResponses(run.Answers)
		p.responses.SetAll(p.Start)
		p.restoreProgress(run.Step)
	}
	return err
}

// goOn takes as answered what was answered before the earlier run was left at
// a step: every question up to the last one that has an answer there.
func (p *prompter) restoreProgress(left string) {
	for _, step := range p.responses.Steps() {
		questions := p.responses.Questions(step)
		if string(step) == left {
			questions = questions[:p.lastAnswered(questions)+1]
		}
		for _, q := range questions {
			if _, bad := p.responses.Fault(q.Key); !bad {
				p.answered = append(p.answered, q.Key)
			}
		}
		if string(step) == left {
			return
		}
	}
}

// lastAnswered is the last question that has an answer of its own; -1 when
// none has.
func (p *prompter) lastAnswered(questions []question.Question) int {
	last := -1
	for i, q := range questions {
		if p.responses.Typed(q.Key) != "" {
			last = i
		}
	}
	return last
}

// begin reads the contexts.
func (p *prompter) loadContexts(ctx context.Context) error {
	contexts, err := p.Engine.Contexts(ctx)
	if err != nil {
		return err
	}
	p.responses.SetContexts(contexts)
	p.responses.SetSuggestions(p.Engine.Suggest(ctx))
	return nil
}

// cycle asks, reviews, and goes round again as often as answers change, until
// something was installed or the person left.
func (p *prompter) askAndReview(ctx context.Context) error {
	for {
		if err := p.ask(ctx); err != nil {
			return err
		}
		again, err := p.review(ctx)
		if err != nil || !again {
			return err
		}
	}
}

// keep writes the answers down for a later run.
func (p *prompter) saveProgress(step answers.Step) {
	if p.StatePath == "" {
		return
	}
	if a := p.responses.Answers(); saved.IsWorthKeeping(a) {
		_ = saved.Write(p.StatePath, a, string(step))
	}
}

// say writes a paragraph.
func (p *prompter) printf(format string, args ...any) { p.narrator.Printf(format, args...) }

// yes asks a question that is answered with yes or no; key names it when the
// input ends there.
func (p *prompter) confirm(ctx context.Context, key, text string, byDefault bool) (bool, error) {
	shown := "no"
	if byDefault {
		shown = "yes"
	}
	for {
		line, err := p.line(ctx, key, text+" ["+shown+"] ", false)
		if err != nil {
			return false, err
		}
		switch strings.ToLower(strings.TrimSpace(line)) {
		case "":
			return byDefault, nil
		case "y", "yes":
			return true, nil
		case "n", "no":
			return false, nil
		}
		p.printf("Please answer yes or no.")
	}
}

// line shows a prompt and reads a line; key names the answer that is missing
// at the end of the input.
func (p *prompter) line(ctx context.Context, key, prompt string, hidden bool) (string, error) {
	line, err := p.in.line(ctx, hidden, func() { fmt.Fprint(p.out, p.styles.Text(prompt)) })
	if !p.in.isTerminal() || hidden {
		fmt.Fprintln(p.out) // the line's end was not echoed
	}
	if errors.Is(err, io.EOF) {
		return "", answers.Faults{{Key: key, Problem: "the input ended before this was answered", Remedy: "give one answer a line, or all of them with -f answers.yaml"}}
	}
	return line, err
}
