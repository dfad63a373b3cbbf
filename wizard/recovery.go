package wizard

import (
	"context"
	"fmt"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/zenml-installer/zenml-installer/install"
	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/display"
	"github.com/zenml-installer/zenml-installer/wizard/narrate"
)

// Recovery is a choice after a failed install.
type Recovery string

// The choices besides trying again and changing answers.
const (
	SaveEvidence Recovery = "evidence" // write an archive with what explains the failure
	RollBack     Recovery = "rollback" // install the previous revision again
	Remove       Recovery = "remove"   // uninstall what a first install has created
)

// Failure is a failed install that the user recovers from.
type Failure struct {
	Install install.Outcome
	Err     error
}

// Recoveries returns the choices that a failed install leaves. A release that was in
// use is rolled back, not removed.
func (f Failure) Recoveries() []Recovery {
	choices := []Recovery{SaveEvidence}
	switch {
	case f.Install.CanRollBack():
		choices = append(choices, RollBack)
	case f.Install.Release != nil && !f.Install.WasInUse():
		choices = append(choices, Remove)
	}
	return choices
}

// Title returns the choice as a verb.
func (r Recovery) Title() string {
	return map[Recovery]string{SaveEvidence: "Save evidence", RollBack: "Roll back", Remove: "Remove"}[r]
}

// Question returns what has to be confirmed first, with an explanation; it is empty if
// nothing has.
func (r Recovery) Question(f Failure) (title, text string) {
	switch r {
	case RollBack:
		before := f.Install.Before
		return fmt.Sprintf("Roll back to revision %d?", before.Revision),
			fmt.Sprintf("It installs %s %s with the values of that revision again. If the upgrade has migrated the "+
				"database, an older server may not start with it.", before.Chart, before.ChartVersion)
	case Remove:
		return "Remove what the install has created?",
			"It removes the release and the Secrets of the installer. It keeps the database, volumes with data and the " +
				"Secret with the encryption key."
	}
	return "", ""
}

// EndsInstall reports whether nothing of the failed install remains to be retried: the
// plan has to be prepared again.
func (r Recovery) EndsInstall() bool { return r != SaveEvidence }

var recoveryKeys = map[Recovery]string{SaveEvidence: "s", RollBack: "b", Remove: "x"}

// recoveredMsg is the result of a recovery.
type recoveredMsg struct {
	kind Recovery
	said string
	err  error
}

// recoveryOptions returns the choices that the failure leaves, without the one that
// was carried out.
func (i *installing) recoveryOptions() []option {
	var options []option
	f := Failure{i.outcome.Install, i.outcome.Err}
	for _, r := range f.Recoveries() {
		if r != i.outcome.Recovered {
			options = append(options, option{recoveryKeys[r], r.Title(), func() (move, tea.Cmd) { return i.choose(r, f) }})
		}
	}
	return options
}

// choose carries out a recovery, after a confirmation if it changes the cluster.
func (i *installing) choose(r Recovery, f Failure) (move, tea.Cmd) {
	title, text := r.Question(f)
	if title == "" {
		return move{}, i.recover(r, f)
	}
	i.openDialog(title, text,
		option{"y", r.Title(), func() (move, tea.Cmd) { return move{}, i.recover(r, f) }}, option{"n", "Cancel", nil})
	return move{}, nil
}

func (i *installing) recover(r Recovery, f Failure) tea.Cmd {
	i.list.set()
	i.recovering = r
	a := i.responses.Answers()
	task, cmd := i.begin(i, func(ctx context.Context, tell func(tea.Msg)) tea.Msg {
		said, err := i.engine.Recover(ctx, a, r, f, func(e event.Event) { tell(installMsg{e}) })
		return recoveredMsg{r, said, err}
	})
	i.task = task
	return cmd
}

// recovered shows the result and offers what is possible now.
func (i *installing) recovered(msg recoveredMsg) {
	i.recovering = ""
	if msg.err != nil {
		msg.said = msg.kind.Title() + " failed: " + msg.err.Error()
	} else if msg.kind.EndsInstall() {
		i.outcome.Recovered = msg.kind
		i.failure.Outdated = true // the plan was made for another state
	}
	i.progress.add(event.Notice{Text: msg.said}, i.now())
	i.showNotices = true
	i.offer()
}

// keepCause adds to a stopped install what it was stuck on, and the remedy.
func (i *installing) keepCause() {
	if i.stuckOn == nil {
		return
	}
	f, waited := i.failure, narrate.Detail(i.stuckOn.ObjectChanged)
	f.Summary += fmt.Sprintf(" while %s was waiting: %s", i.stuckOn.Object, display.Printable(waited))
	f.Remedy = strings.TrimSuffix(i.stuckOn.remedy+"\n"+f.Remedy, "\n")
}

// changeAnswers leads to the question that the failure is about, and from there to the
// review. If it names none, it leads to the first question after the cluster's.
func (i *installing) changeAnswers() move {
	if key, ok := i.responses.NamedIn(i.failure.Remedy); ok {
		i.addProblem(key, i.failure.Summary)
		i.resumeAt, i.fixing = stepReview, true
		return move{kind: jump, to: i.stepOf(key), key: key}
	}
	first := i.responses.Questions(answers.StepDatabase)[0]
	return move{kind: jump, to: step(answers.StepDatabase), key: first.Key}
}

// offer lists the choices after a failed install.
func (i *installing) offer() {
	options := []option{i.retry(*i.failure), {"a", "Change answers", func() (move, tea.Cmd) { return i.changeAnswers(), nil }}}
	if !i.failure.Stopped || i.outcome.Install.Release != nil {
		options = append(options, i.recoveryOptions()...)
	}
	i.list.set(append(options, option{"q", "Quit", goTo(move{kind: leave})})...)
}

// claimOptions are the choices if another account has activated the server, because its
// database was in use before or somebody else was faster.
func (c *connecting) claimOptions() []option {
	database := "database.type"
	if c.responses.Complete().Database.Type == answers.MySQLDatabase {
		database = "database.mysql.name"
	}
	return []option{
		{"a", "Use that account", c.keepAccount},
		{"u", "Change user or password", c.change("admin.username")},
		{"d", "Use another database", c.change(database)},
	}
}

// keepAccount continues with the account that activated the server, and opens the page
// to log in with it.
func (c *connecting) keepAccount() (move, tea.Cmd) {
	c.keepsAccount = true
	await := c.awaitActivation()
	if c.options.NoOpen {
		return move{}, await
	}
	return move{}, tea.Batch(await, c.openBrowser())
}

// change returns an action that leads to a question, and from there to the review. It
// ends the connection, because the next install may replace the server.
func (c *connecting) change(key string) func() (move, tea.Cmd) {
	return func() (move, tea.Cmd) {
		for _, t := range []*task{c.task, c.waiting, c.awaiting} {
			t.drop()
		}
		c.tunnel, c.awaiting, c.activationError, c.claimed = nil, nil, "", false
		c.plan, c.browser, c.notices = nil, "", nil
		c.resumeAt, c.fixing = stepReview, true
		return move{kind: jump, to: c.stepOf(key), key: key}, nil
	}
}
