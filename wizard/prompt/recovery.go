package prompt

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/zenml-installer/zenml-installer/wizard"
)

// recover offers the choices after a failed install. It returns with leave unset if
// the install is tried again, and with again set if the plan is reviewed again.
func (p *prompter) recover(ctx context.Context) (again, leave bool, err error) {
	f := wizard.Failure{Install: p.outcome.Install, Err: p.outcome.Err}
	choices := f.Recoveries()
	for {
		titles := []string{"Quit", "Try again", "Change answers"}
		choices = slices.DeleteFunc(choices, func(r wizard.Recovery) bool { return r == p.outcome.Recovered })
		for _, r := range choices {
			titles = append(titles, r.Title())
		}
		n, err := p.pick(ctx, "What next?", titles)
		switch {
		case err != nil:
			return false, true, err
		case n == 0:
			return false, true, errQuit
		case n == 1 && p.outcome.Recovered == "":
			return false, false, nil
		case n == 1, n == 2:
			return true, true, nil
		}
		if err := p.carryOut(ctx, choices[n-3], f); err != nil {
			return false, true, err
		}
	}
}

// carryOut carries out a choice after a confirmation, if it changes the cluster. Its
// failure is printed.
func (p *prompter) carryOut(ctx context.Context, r wizard.Recovery, f wizard.Failure) error {
	if title, text := r.Question(f); title != "" {
		p.printf("%s", text)
		yes, err := p.confirm(ctx, string(r), title, false)
		if err != nil || !yes {
			return err
		}
	}
	said, err := p.Engine.Recover(ctx, p.responses.Answers(), r, f, p.narrator.Install)
	if err != nil {
		p.printf("%s failed: %v", r.Title(), err)
		return ctx.Err()
	}
	p.printf("%s", said)
	if r.EndsInstall() {
		p.outcome.Recovered = r
	}
	return nil
}

// pick asks for one of the titles until the answer is valid. An empty line means the
// first one.
func (p *prompter) pick(ctx context.Context, text string, titles []string) (int, error) {
	p.printf("\n%s", text)
	for i, title := range titles {
		p.printf("  %d) %s", i+1, title)
	}
	for {
		line, err := p.line(ctx, "recovery", "Choice [1]: ", false)
		if err != nil {
			return 0, err
		}
		if line = strings.TrimSpace(line); line == "" {
			return 0, nil
		}
		n, _ := strconv.Atoi(line)
		for i, title := range titles {
			if n == i+1 || strings.EqualFold(line, title) {
				return i, nil
			}
		}
		p.printf("Type a number from 1 to %d.", len(titles))
	}
}
