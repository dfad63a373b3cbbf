package wizard

import (
	"fmt"

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
)

// guard asks whether this is the right cluster. Nothing is written to an
// unconfirmed cluster, and the cursor never starts on yes.
func (c *cluster) guard() []question.Question {
	name := c.session.target().Context
	no := answers.Option{Value: guardNo, Title: "No, choose another context"}
	yes := answers.Option{Value: guardYes, Title: fmt.Sprintf("Yes, install into %s", name)}
	again := answers.Option{Value: guardAgain, Title: "Try again"}
	choices := []answers.Option{no, yes}
	switch {
	case c.describeError != "":
		choices = []answers.Option{again, no}
	case c.describeTask.running():
		choices = []answers.Option{no}
	case c.isConfirmed():
		choices = []answers.Option{yes, no}
	}
	return []question.Question{{
		Field: answers.Field{
			Key: guardKey, Step: answers.StepCluster, Kind: answers.Choice,
			Title: "Is this the right cluster?",
			Why: "A kubeconfig often holds production and test clusters, and the current context may not be the " +
				"one you expect. Nothing has been written yet.",
		},
		Choices: choices,
	}}
}

func (c *cluster) answerGuard(_, value string) (move, tea.Cmd) {
	switch value {
	case guardAgain:
		cmd := c.describe()
		return move{}, tea.Batch(cmd, c.reopenGuard())
	case guardNo:
		c.confirmed = answers.Cluster{}
		return move{}, c.form.enter(question.ContextKey)
	}
	c.confirmed = c.session.target()
	if fault, bad := c.responses.FirstFault(c.step); bad {
		return move{}, c.form.enter(fault.Key)
	}
	if c.resumeAt != "" {
		return c.resumeMove(), nil
	}
	return move{kind: next}, nil
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
