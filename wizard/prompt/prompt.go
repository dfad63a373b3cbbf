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
	"github.com/zenml-installer/zenml-installer/wizard/theme"
	"github.com/zenml-installer/zenml-installer/wizard/narrate"
	"github.com/zenml-installer/zenml-installer/wizard/question"
	"github.com/zenml-installer/zenml-installer/wizard/saved"
)

// prompter is one guided install in lines.
type prompter struct {
	wizard.Options
	in       *reader
	out      io.Writer
	look     *theme.Look
	tell     *narrate.Narrator
	sheet    *question.Sheet
	answered []string // the keys that were answered in this run, in order
	agreed   []string // what the checks may write outside the cluster
	outcome  wizard.Outcome
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
		Options: o, in: newReader(o.Input), out: o.Output, look: theme.New(plain(o.Look)),
		tell: narrate.New(o.Output, narrate.Options{Look: plain(o.Look), Now: o.Now}), sheet: question.NewSheet(o.Start),
		outcome: wizard.Outcome{Ending: wizard.Left},
	}
	err := p.lead(ctx)
	p.outcome.Answers = p.sheet.Answers()
	return p.outcome, err
}

// plain takes styles away: lines may be read aloud or end in a log.
func plain(t theme.Terminal) theme.Terminal {
	return theme.Terminal{ASCII: t.ASCII}
}

// errLeave ends the install by the person's own choice.
var errLeave = errors.New("left")

// lead is the install from beginning to end.
func (p *prompter) lead(ctx context.Context) error {
	p.say("This is the guided install of a ZenML server. Every question shows its default in brackets; an empty line takes it. ? explains a question, < goes back to the one before.")
	err := p.resume(ctx)
	for _, part := range []func(context.Context) error{p.begin, p.cycle, p.connect} {
		if err == nil {
			err = part(ctx)
		}
	}
	if errors.Is(err, errLeave) {
		return nil
	}
	return err
}

// resume offers to go on with an earlier run.
func (p *prompter) resume(ctx context.Context) error {
	if p.StatePath == "" || saved.Worthwhile(p.Start) {
		return nil
	}
	run := saved.Read(p.StatePath)
	if run == nil {
		return nil
	}
	yes, err := p.yes(ctx, "go on", fmt.Sprintf("There is an install from %s that you have not finished. Go on where it was left? Secrets are asked again, and whether it is the right cluster.", run.At.Format("2 January 2006, 15:04")), true)
	if err == nil && yes {
		*p.sheet = *question.NewSheet(run.Answers)
		p.sheet.Put(p.Start)
		p.goOn(run.Step)
	}
	return err
}

// goOn takes as answered what was answered before the earlier run was left at
// a step: every question up to the last one that has an answer there.
func (p *prompter) goOn(left string) {
	for _, step := range p.sheet.Steps() {
		questions := p.sheet.Questions(step)
		if string(step) == left {
			questions = questions[:p.lastAnswered(questions)+1]
		}
		for _, q := range questions {
			if _, bad := p.sheet.Fault(q.Key); !bad {
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
		if p.sheet.Typed(q.Key) != "" {
			last = i
		}
	}
	return last
}

// begin reads the contexts.
func (p *prompter) begin(ctx context.Context) error {
	contexts, err := p.Engine.Contexts(ctx)
	if err != nil {
		return err
	}
	p.sheet.Contexts(contexts)
	p.sheet.Offer(p.Engine.Suggest(ctx))
	return nil
}

// cycle asks, reviews, and goes round again as often as answers change, until
// something was installed or the person left.
func (p *prompter) cycle(ctx context.Context) error {
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
func (p *prompter) keep(step answers.Step) {
	if p.StatePath == "" {
		return
	}
	if a := p.sheet.Answers(); saved.Worthwhile(a) {
		_ = saved.Write(p.StatePath, a, string(step))
	}
}

// say writes a paragraph.
func (p *prompter) say(format string, args ...any) { p.tell.Say(format, args...) }

// yes asks a question that is answered with yes or no; key names it when the
// input ends there.
func (p *prompter) yes(ctx context.Context, key, text string, byDefault bool) (bool, error) {
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
		p.say("Please answer yes or no.")
	}
}

// line shows a prompt and reads a line; key names the answer that is missing
// at the end of the input.
func (p *prompter) line(ctx context.Context, key, prompt string, hidden bool) (string, error) {
	line, err := p.in.line(ctx, hidden, func() { fmt.Fprint(p.out, p.look.Text(prompt)) })
	if !p.in.terminal() || hidden {
		fmt.Fprintln(p.out) // the line's end was not echoed
	}
	if errors.Is(err, io.EOF) {
		return "", answers.Faults{{Key: key, Problem: "the input ended before this was answered", Remedy: "give one answer a line, or all of them with -f answers.yaml"}}
	}
	return line, err
}
