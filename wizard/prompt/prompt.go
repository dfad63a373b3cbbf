// Package prompt is the guided install line by line: for screen readers, for
// terminals that cannot move their cursor, and for pipes. It asks the same
// questions as the screens, with the same rules.
package prompt

import (
	"cmp"
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

// prompter is one guided install in plain lines.
type prompter struct {
	wizard.Options
	in         *reader
	out        io.Writer
	styles     *theme.Styles
	narrator   *narrate.Narrator
	responses  *question.Responses
	answered   []string // the keys answered in this run, in order
	changing   []string // keys of the advanced settings to ask for
	goal       wizard.Goal
	continued  bool // an earlier run
	tryingOut  bool // only the cluster is asked for
	missing    bool // only what has no valid answer is asked for, besides the cluster
	operation  narrate.Operation
	unfinished bool          // an earlier run left the release unfinished
	consented  []string      // notices that the user agreed to
	picked     *wizard.Found // the release that was picked at the start
	repairs    bool          // the chart of that release is installed again
	wasActive  bool          // the server was activated before this run
	keeper     saved.Keeper
	outcome    wizard.Outcome
}

// Run guides the user through the install line by line: it writes to the
// options' Output and reads answers from Input. Terminals do not echo secrets.
// If the input ends too early, the error is answers.Faults and names the
// missing answer; if ctx is done, it is ctx's error.
func Run(ctx context.Context, o wizard.Options) (wizard.Outcome, error) {
	o.ValuesPath = cmp.Or(o.ValuesPath, wizard.DefaultValues)
	p := &prompter{
		keeper:  saved.Keeper{Folder: o.Unfinished},
		Options: o, in: newReader(o.Input), out: o.Output, styles: theme.New(withoutStyles(o.Terminal)),
		narrator: narrate.New(o.Output, narrate.Options{Terminal: withoutStyles(o.Terminal), Now: o.Now,
			Verbose: o.Verbose}),
		responses: question.NewResponses(o.Start),
		outcome:   wizard.Outcome{Ending: wizard.Left}, operation: narrate.Install,
	}
	err := p.run(ctx)
	p.outcome.Answers, p.outcome.Operation = p.responses.Answers(), p.operation
	return p.outcome, err
}

// withoutStyles removes all styles, because lines may be read aloud or logged.
func withoutStyles(t theme.Terminal) theme.Terminal {
	return theme.Terminal{ASCII: t.ASCII}
}

// errQuit ends the install because the user quit.
var errQuit = errors.New("left")

// run runs the install from start to end.
func (p *prompter) run(ctx context.Context) error {
	p.printf("Install a ZenML server on your Kubernetes cluster. Press Enter to accept the default in brackets, ? " +
		"for help, < to go back.")
	err := p.resume(ctx)
	for _, part := range []func(context.Context) error{p.begin, p.loadContexts, p.askAndReview, p.connect} {
		if err == nil {
			err = part(ctx)
		}
	}
	if errors.Is(err, errQuit) {
		return nil
	}
	return err
}

// resume offers to continue an unfinished install, the latest first.
func (p *prompter) resume(ctx context.Context) error {
	if saved.IsWorthKeeping(p.Start) {
		return nil
	}
	for _, run := range p.Unfinished.List(p.Start.Cluster) {
		yes, err := p.confirm(ctx, "continue", fmt.Sprintf("Continue your unfinished install of %s, saved on %s? You "+
			"will be asked for secrets again, and to confirm the cluster.", run,
			run.At.Format("2 January 2006, 15:04")), true)
		if err != nil {
			return err
		}
		if yes {
			*p.responses = *question.NewResponses(run.Answers)
			p.responses.SetAll(p.Start)
			p.keeper.Continue(run)
			p.restoreProgress(run.Step)
			p.continued = true
			return nil
		}
	}
	return nil
}

// restoreProgress marks as answered what the previous run had answered: the
// steps before the one where it stopped, and there every question up to the
// last one with an answer.
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

// lastAnswered returns the index of the last question with an answer of its
// own, or -1.
func (p *prompter) lastAnswered(questions []question.Question) int {
	last := -1
	for i, q := range questions {
		if p.responses.Typed(q.Key) != "" {
			last = i
		}
	}
	return last
}

// loadContexts reads the kubeconfig's contexts.
func (p *prompter) loadContexts(ctx context.Context) error {
	contexts, err := p.Engine.Contexts(ctx)
	if err != nil {
		return err
	}
	p.responses.SetContexts(contexts)
	p.responses.SetSuggestions(p.Engine.Suggest(ctx))
	return nil
}

// askAndReview asks and reviews until something was installed or the user quit.
// It starts over if an answer changes.
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

// saveProgress saves the answers for a later run.
func (p *prompter) saveProgress(step answers.Step) {
	if a := p.responses.Answers(); saved.IsWorthKeeping(a) {
		_ = p.keeper.Save(a, string(step))
	}
}

// printf prints a paragraph.
func (p *prompter) printf(format string, args ...any) { p.narrator.Printf(format, args...) }

// confirm asks a yes-or-no question. key names it if the input ends there.
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

// line displays a prompt and reads a line. key names the missing answer if the
// input ends there.
func (p *prompter) line(ctx context.Context, key, prompt string, hidden bool) (string, error) {
	line, err := p.in.line(ctx, hidden, func() { fmt.Fprint(p.out, p.styles.Text(prompt)) })
	if !p.in.isTerminal() || hidden {
		fmt.Fprintln(p.out) // the end of the line was not echoed
	}
	if errors.Is(err, io.EOF) {
		return "", answers.Faults{{Key: key, Summary: "the input ended before this was answered",
			Remedy: "enter one answer per line, or pass all of them with -f answers.yaml"}}
	}
	return line, err
}
