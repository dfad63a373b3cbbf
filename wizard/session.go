package wizard

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/huh"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/wizard/narrate"
	"github.com/zenml-installer/zenml-installer/wizard/question"
	"github.com/zenml-installer/zenml-installer/wizard/saved"
	"github.com/zenml-installer/zenml-installer/wizard/theme"
)

// step is a step of the guided install, as listed in the rail: a step of the
// answers, or a later one.
type step string

const (
	stepReview  step = "Review"
	stepInstall step = "Install"
	stepConnect step = "Connect"
)

// screen shows one step. Only update changes it, and only commands and tasks do
// I/O.
type screen interface {
	// enter is called whenever the step is opened; key names the question to
	// start with, if any.
	enter(key string) tea.Cmd
	update(msg tea.Msg) (move, tea.Cmd)
	// view renders within width and height.
	view(width, height int) string
	// keys lists the keys that work now, the most useful first.
	keys() []binding
	// about returns the help page: what is asked or shown, and why.
	about() (title, text string)
	// state is shown in the rail.
	state() state
}

// Optional interfaces of screens, detected by type assertion.
type (
	// resizable screens fit their content to a new window size.
	resizable interface{ resize() }
	// textScreen reports whether "?" is part of the text being typed.
	textScreen interface{ isTyping() bool }
	// interruptible screens handle Ctrl-C themselves when they return true.
	interruptible interface{ handleInterrupt() bool }
	// clickable screens use the mouse while wantsMouse is true. A click is at a column and
	// a line of the screen.
	clickable interface {
		wantsMouse() bool
		click(column, line int) (move, tea.Cmd)
	}
	// sideScreen fills the right column of a very wide window.
	sideScreen interface {
		sideView(width, height int) string
	}
)

// binding is a key and its effect, in one or two words.
type binding struct{ key, does string }

// move is a screen's request to change the step. The zero value stays.
type move struct {
	kind moveKind
	to   step   // of a jump
	key  string // of a jump: the question to start with
}

type moveKind int

const (
	stay moveKind = iota
	next
	back
	jump
	leave
)

// session is the state shared by all screens.
type session struct {
	ctx       context.Context
	options   Options
	engine    Engine
	responses *question.Responses
	styles    *theme.Styles
	formTheme *huh.Theme
	now       func() time.Time
	sendMsg   func(tea.Msg) // to the program; set before it runs
	work      work

	tasks    map[int]*task
	lastTask int
	ticking  bool

	dialog      *dialog
	startedFrom StartingPoint     // of the answers
	goal        Goal              // what the review offers first
	tryingOut   bool              // only the cluster is asked for
	volumeNote  string            // why a server that is tried out has a volume, or none
	confirmed   answers.Cluster   // the target that the user confirmed
	resumeAt    step              // where the previous run stopped, until it is reached
	leftAt      move              // the question that was left to fix another one
	fixing      bool              // an answer that a check is about; the next change leads back
	reached     step              // how far the user came, in a previous run or this one
	reviewed    bool              // the review was open
	lastEsc     time.Time         // when Esc was last pressed in questions
	problems    map[string]string // problems with answers, by the question's key
	layout

	writing         sync.Mutex // guards the keeper
	writes, written int        // sequence numbers of started and finished writes
	keeper          saved.Keeper

	operation   narrate.Operation // what is done with the confirmed release
	plan        Plan
	existing    *Existing  // the release of the confirmed target
	picked      *pick      // the release that the user picked at the start
	importNotes []string   // what the answers could not take over from the release
	file        valuesFile // what to do with an existing values file
	stepChecks  map[step]*stepChecks
	preview     preview
	changes     []change // the answers that can be taken back
	links       []string // addresses that are clickable
	outcome     Outcome
	abandoned   bool // quit while an install was running
}

// valuesFile is an existing values file with other content than the plan's.
type valuesFile struct {
	changes   []string // how the plan's values differ, one per line
	decided   bool     // the user chose what happens to it
	overwrite bool
}

func newSession(ctx context.Context, o Options) *session {
	if o.Now == nil {
		o.Now = time.Now
	}
	o.ValuesPath = cmp.Or(o.ValuesPath, DefaultValues)
	l := theme.New(o.Terminal)
	return &session{
		ctx: ctx, options: o, engine: o.Engine, now: o.Now,
		responses: question.NewResponses(o.Start), styles: l, formTheme: l.HuhTheme(),
		tasks: map[int]*task{}, stepChecks: map[step]*stepChecks{}, outcome: Outcome{Ending: Left}, keeper: saved.Keeper{Folder: o.Unfinished},
		sendMsg: func(tea.Msg) {}, operation: narrate.Install,
	}
}

// steps lists the steps of the rail: those with questions, then the ones that
// follow.
func (s *session) steps() []step {
	var steps []step
	for _, a := range s.responses.Steps() {
		steps = append(steps, step(a))
	}
	return append(steps, stepReview, stepInstall, stepConnect)
}

// after and before return a step's neighbor in the rail, or the step itself at
// the ends.
func (s *session) after(at step) step  { return s.neighbor(at, 1) }
func (s *session) before(at step) step { return s.neighbor(at, -1) }

func (s *session) neighbor(at step, by int) step {
	steps := s.steps()
	i := slices.Index(steps, at) + by
	if i < 0 || i >= len(steps) {
		return at
	}
	return steps[i]
}

// resumeMove returns a move to the first answer that the previous run lacks, or
// to where it stopped. After a fix it leads to the question that was left for it.
func (s *session) resumeMove() move {
	to := s.firstIncomplete(s.resumeAt)
	if s.leftAt.to == s.resumeAt && to.to == s.resumeAt {
		to, s.leftAt = s.leftAt, move{}
	}
	if to.to == s.resumeAt || to.to == stepReview {
		s.resumeAt = ""
	}
	return to
}

// wasPassed reports whether the previous run got past a step.
func (s *session) wasPassed(at step) bool {
	steps := s.steps()
	return s.reached != "" && slices.Index(steps, at) < slices.Index(steps, s.reached)
}

// stepOf returns the step that asks for key, or Review if none does.
func (s *session) stepOf(key string) step {
	f, known := answers.FieldByKey(key)
	switch {
	case !known:
		return stepReview
	case !s.responses.IsAskedInStep(f):
		return step(answers.StepAdvanced)
	}
	return step(f.Step)
}

// isConfirmed reports whether the user confirmed the current target.
func (s *session) isConfirmed() bool {
	return s.confirmed != answers.Cluster{} && s.confirmed == s.target()
}

// target returns the cluster, namespace and release of the answers, with
// defaults.
func (s *session) target() answers.Cluster { return s.responses.Complete().Cluster }

// saveProgress saves the current answers. A failure is ignored: it is no reason
// to interrupt the user.
func (s *session) saveProgress(at step) tea.Cmd {
	a := s.responses.Answers()
	atStart := at == step(answers.StepCluster) && !s.isConfirmed() && !s.keeper.Holds()
	if s.options.Unfinished == "" || at == stepStart || atStart {
		return nil // nothing worth saving yet
	}
	if s.resumeAt != "" {
		at = s.resumeAt
	}
	finished := s.outcome.Ending == Installed
	s.writes++
	number := s.writes
	return func() tea.Msg {
		if s.work.begin() {
			defer s.work.done()
			s.writeProgress(number, a, at, finished)
		}
		return nil
	}
}

// writeProgress writes the file unless a later write has finished.
func (s *session) writeProgress(number int, a answers.Answers, at step, finished bool) {
	s.writing.Lock()
	defer s.writing.Unlock()
	if number < s.written {
		return
	}
	s.written = number
	if finished {
		_ = s.keeper.Finish(a)
		return
	}
	_ = s.keeper.Save(a, string(at))
}
