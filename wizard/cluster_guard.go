package wizard

import (
	"context"
	"fmt"
	"net"
	"net/url"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/display"
	"github.com/zenml-installer/zenml-installer/wizard/question"
	"github.com/zenml-installer/zenml-installer/wizard/theme"
)

// The answers to the guard.
const (
	guardYes   = "yes"
	guardNo    = "no"
	guardAgain = "again"
	guardKeep  = "keep" // upgrade with the settings of the release
)

// guard asks whether this is the right cluster. Nothing is written to an
// unconfirmed cluster, and the cursor starts on yes only if there is no other.
func (c *cluster) guard() []question.Question {
	name := c.session.target().Context
	no := answers.Option{Value: guardNo, Title: "No, choose another context"}
	yes := answers.Option{Value: guardYes, Title: fmt.Sprintf("Yes, install into %s", name)}
	again := answers.Option{Value: guardAgain, Title: "Try again"}
	choices, cursor := []answers.Option{no, yes}, guardNo
	switch {
	case c.describeError != "":
		choices, cursor = []answers.Option{again, no}, guardAgain
	case c.describeTask.running(), c.importTask.running():
		choices = []answers.Option{no}
	case c.target.Existing != nil:
		choices = c.upgradeChoices(no)
	}
	if c.target.Existing != nil && c.isPicked() {
		cursor = guardKeep
	}
	if c.isConfirmed() || c.target.Existing == nil && c.isOnlyAndLocal() {
		cursor = guardYes
	}
	return []question.Question{{
		Field: answers.Field{
			Key: guardKey, Step: answers.StepCluster, Kind: answers.Choice, Default: cursor,
			Title: "Is this the right cluster?",
			Why: "A kubeconfig often holds production and test clusters, and the current context may not be the " +
				"one you expect. Nothing has been written yet.",
		},
		Choices: choices,
	}}
}

// isOnlyAndLocal reports whether the kubeconfig has one cluster, which runs on this
// machine: it cannot be the wrong one.
func (c *cluster) isOnlyAndLocal() bool {
	if len(c.contexts) != 1 {
		return false
	}
	server, err := url.Parse(c.contexts[0].Server)
	if err != nil {
		return false
	}
	ip := net.ParseIP(server.Hostname())
	return server.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}

// upgradeChoices are the choices where the release exists.
func (c *cluster) upgradeChoices(no answers.Option) []answers.Option {
	does := "Yes, upgrade " + c.target.Release
	if c.target.Existing.FirstRun {
		does = "Yes, install " + c.target.Release + " again"
	}
	keep := answers.Option{Value: guardKeep, Title: does + " with the release's settings",
		Help: "They become the answers, which you can change."}
	if c.isPicked() && c.picked.repair {
		keep.Title = "Yes, repair " + c.target.Release + " with the release's settings"
		keep.Help = "The review shows what installing chart " + c.picked.ChartVersion + " again changes."
		return []answers.Option{no, keep}
	}
	yes := answers.Option{Value: guardYes, Title: does + " with " + string(c.startedFrom),
		Help: "Settings of the release that are not among them go back to their defaults."}
	return []answers.Option{no, keep, yes}
}

func (c *cluster) answerGuard(_, value string) (move, tea.Cmd) {
	switch value {
	case guardAgain:
		cmd := c.describe()
		return move{}, tea.Batch(cmd, c.reopenGuard())
	case guardKeep:
		return move{}, tea.Batch(c.importRelease(), c.reopenGuard())
	case guardNo:
		c.confirmed = answers.Cluster{}
		return move{}, c.form.enter(question.ContextKey)
	}
	return c.confirm()
}

// confirm takes the target as the right one and goes on.
func (c *cluster) confirm() (move, tea.Cmd) {
	c.confirmed, c.session.existing = c.session.target(), c.target.Existing
	c.operation = c.target.Operation()
	if fault, bad := c.responses.FirstFault(c.step); bad {
		return move{}, c.form.enter(fault.Key)
	}
	c.keepOnVolume() // what is found later, the review takes
	check := c.checkStep()
	if c.resumeAt != "" {
		return c.resumeMove(), check
	}
	return move{kind: next}, check
}

// importRelease reads the settings of the release as answers.
func (c *cluster) importRelease() tea.Cmd {
	a := c.responses.Answers()
	task, cmd := c.begin(c, func(ctx context.Context, _ func(tea.Msg)) tea.Msg {
		imported, notes, err := c.engine.Import(ctx, a)
		return importedMsg{imported, notes, err}
	})
	c.importTask, c.importError = task, ""
	return cmd
}

// imported takes the settings of the release as answers, and goes to the review or
// to what is missing. Answers that a file or flags gave win, except the target: it is
// the one that was confirmed.
func (c *cluster) imported(msg importedMsg) (move, tea.Cmd) {
	if msg.err != nil {
		c.importError = msg.err.Error()
		return move{}, c.reopenGuard()
	}
	c.tryingOut, c.volumeNote = false, ""
	start := c.options.Start
	start.Cluster = c.session.target()
	if c.isPicked() && c.picked.repair {
		start.Chart.Version = c.picked.ChartVersion
	}
	c.responses.Import(msg.answers)
	c.responses.SetAll(start)
	c.importNotes = msg.notes
	c.resumeAt, c.reached = stepReview, stepReview
	return c.confirm()
}

// firstIncomplete returns a move to the first question before a step that still
// needs an answer, or to that step, but not beyond the review.
func (s *session) firstIncomplete(at step) move {
	for _, step := range s.steps() {
		if step == at || step == stepReview {
			return move{kind: jump, to: step, key: s.firstMissing(step)}
		}
		if key := s.firstMissing(step); key != "" {
			return move{kind: jump, to: step, key: key}
		}
	}
	return move{kind: jump, to: stepReview}
}

// firstMissing returns the first question of a step that still needs an answer.
func (s *session) firstMissing(at step) string {
	fault, _ := s.responses.FirstFault(answers.Step(at))
	return fault.Key
}

// lines describes the target for the user to compare.
func (t Target) lines(l *theme.Styles) []string {
	var lines []string
	for _, f := range t.Facts() {
		lines = append(lines, l.Muted.Render(fmt.Sprintf("%-12s", f.Label))+f.Text)
	}
	if t.Existing != nil && t.Existing.Note != "" {
		lines = append(lines, l.Warn.Render(display.GlyphWarning+" "+t.Existing.Note))
	}
	return lines
}
