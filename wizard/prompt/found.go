package prompt

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/wizard"
)

// searchTime is how long the first question waits for the releases in the cluster.
const searchTime = 3 * time.Second

// releases lists the releases in the current cluster, if it answers soon.
func (p *prompter) releases(ctx context.Context) []wizard.Found {
	ctx, cancel := context.WithTimeout(ctx, searchTime)
	defer cancel()
	a := p.Start
	found := make(chan []wizard.Found, 1)
	go func() { found <- p.Engine.Releases(ctx, a) }()
	select {
	case releases := <-found:
		return releases
	case <-ctx.Done():
		return nil
	}
}

// now is the time by the options' clock.
func (p *prompter) now() time.Time {
	if p.Now == nil {
		return time.Now()
	}
	return p.Now()
}

// act asks what to do with a release. It returns again if nothing, and errQuit if another
// command does it.
func (p *prompter) act(ctx context.Context, f wizard.Found) (again bool, err error) {
	actions := f.Actions()
	p.printf("\nWhat do you want to do with %s?", f)
	for i, a := range actions {
		p.printf("  %d) %s", i+1, strings.TrimSuffix(a.Title+": "+a.Help, ": "))
	}
	action, err := p.chooseAction(ctx, actions)
	if err != nil || action == nil {
		return true, err
	}
	action.Apply(p.responses, f)
	if action.Command != "" {
		p.outcome.Command = action.Command
		return false, errQuit
	}
	for _, field := range answers.Asked(answers.StepCluster, p.responses.Complete()) {
		p.answered = append(p.answered, field.Key)
	}
	p.picked, p.repairs = &f, action.Repair
	return false, nil
}

// chooseAction asks for one of the actions: by its number, letter, title or verb, or its
// command. It returns nil to go back.
func (p *prompter) chooseAction(ctx context.Context, actions []wizard.Action) (*wizard.Action, error) {
	for {
		line, err := p.line(ctx, "action", "What to do [< to go back]: ", false)
		if line = strings.TrimSpace(line); err != nil || line == "<" || line == "" {
			return nil, err
		}
		for i, a := range actions {
			verb, _, _ := strings.Cut(a.Title, " ")
			names := []string{strconv.Itoa(i + 1), a.Key, a.Title, verb, a.Command}
			if slices.ContainsFunc(names, func(name string) bool { return strings.EqualFold(line, name) }) {
				return &a, nil
			}
		}
		p.printf("That is not one of the choices: enter a number from 1 to %d.", len(actions))
	}
}

// isPicked reports whether the target is the release that was picked at the start.
func (p *prompter) isPicked() bool {
	return p.picked != nil && p.responses.Complete().Cluster == p.picked.Target()
}

// dropChart takes back the chart of the release that was to be repaired if another release
// is the target.
func (p *prompter) dropChart() {
	if p.repairs && !p.isPicked() {
		p.responses.Type("chart.version", p.Start.Chart.Version)
		p.repairs = false
	}
}

// does says what is done to the target: "Repair zenml-server in kind-dev".
func (p *prompter) does(target wizard.Target, context string) string {
	if p.isPicked() && p.repairs {
		return "Repair " + target.Release + " in " + context
	}
	return p.operation.On(target.Release, context)
}
