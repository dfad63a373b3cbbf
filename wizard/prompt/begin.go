package prompt

import (
	"context"
	"strconv"
	"strings"

	"github.com/zenml-installer/zenml-installer/wizard"
	"github.com/zenml-installer/zenml-installer/wizard/question"
	"github.com/zenml-installer/zenml-installer/wizard/saved"
)

// begin asks how to begin, unless an earlier run or answers from a file decide it.
func (p *prompter) begin(ctx context.Context) error {
	if p.continued || saved.IsWorthKeeping(p.Start) {
		return nil
	}
	ways, found := wizard.Beginnings(p.ValuesPath), p.releases(ctx)
	p.printf("\nHow do you want to begin?")
	for i, way := range ways {
		p.printf("  %d) %s", i+1, strings.TrimSuffix(way.Title+": "+way.Help, ": "))
	}
	for i, f := range found {
		p.printf("  %d) Upgrade or repair %s: %s", len(ways)+i+1, f, f.Details(p.now()))
	}
	for {
		way, release, err := p.chooseBeginning(ctx, ways, found)
		if err != nil {
			return err
		}
		if release != nil {
			again, err := p.act(ctx, *release)
			if err != nil || !again {
				return err
			}
			continue
		}
		p.goal, p.tryingOut = way.Goal, way.TryOut
		p.missing = way.TryOut || way.Open
		if !way.Open {
			way.Apply(p.responses)
			return nil
		}
		if opened, err := p.open(ctx); opened || err != nil {
			return err
		}
	}
}

// chooseBeginning asks for one of the ways: by its number, letter or title, or for a
// release: by its number, or as NAMESPACE/NAME.
func (p *prompter) chooseBeginning(
	ctx context.Context, ways []wizard.Beginning, found []wizard.Found,
) (wizard.Beginning, *wizard.Found, error) {
	for {
		line, err := p.line(ctx, "begin", "How to begin [step by step]: ", false)
		if err != nil {
			return wizard.Beginning{}, nil, err
		}
		if line = strings.TrimSpace(line); line == "" {
			line = wizard.StepByStep
		}
		for i, way := range ways {
			if line == strconv.Itoa(i+1) || strings.EqualFold(line, way.Key) || strings.EqualFold(line, way.Title) {
				return way, nil, nil
			}
		}
		for i, f := range found {
			if line == strconv.Itoa(len(ways)+i+1) || line == f.Namespace+"/"+f.Release {
				return wizard.Beginning{}, &found[i], nil
			}
		}
		p.printf("That is not one of the choices: enter a number from 1 to %d.", len(ways)+len(found))
	}
}

// open reads the answers file that the user names. An empty line goes back.
func (p *prompter) open(ctx context.Context) (opened bool, err error) {
	for {
		line, err := p.line(ctx, "answers file", "Answers file (empty to go back): ", false)
		if line = strings.TrimSpace(line); err != nil || line == "" {
			return false, err
		}
		if rest, found := strings.CutPrefix(line, "~/"); found && p.Home != "" {
			line = p.Home + "/" + rest
		}
		a, err := p.Engine.Open(ctx, line)
		if err == nil {
			p.responses = question.NewResponses(a)
			p.responses.SetAll(p.Start)
			return true, nil
		}
		if ctx.Err() != nil {
			return false, ctx.Err()
		}
		p.printf("%v", err)
	}
}
