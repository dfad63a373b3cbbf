package wizard

import (
	"context"
	"slices"
	"sync"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/huh"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/wizard/question"
	"github.com/zenml-installer/zenml-installer/wizard/theme"
)

// step is a part of the guided install, as the rail shows it: a step of the
// answers, or one of those that follow them.
type step string

const (
	stepReview  step = "Review"
	stepInstall step = "Install"
	stepConnect step = "Connect"
)

// screen is what one step shows. Only its update changes it, and only
// commands and tasks touch the world.
type screen interface {
	// enter is called whenever the step is come to; key names the question to
	// begin with, if any.
	enter(key string) tea.Cmd
	update(msg tea.Msg) (move, tea.Cmd)
	// view draws within width and height.
	view(width, height int) string
	// keys are the keys that work now, the most useful first.
	keys() []binding
	// about is the page behind "?": what is asked or shown, and why.
	about() (title, text string)
	// state is a word for the rail.
	state() state
}

// What a screen may do besides; the model asks for each by type assertion.
type (
	// resizable screens fit their content to a new window size.
	resizable interface{ resize() }
	// textScreen reports whether "?" is part of the text being typed.
	textScreen interface{ isTyping() bool }
	// interruptible screens handle Ctrl-C themselves when they return true.
	interruptible interface{ handleInterrupt() bool }
	// sideScreen fills the right column of a very wide window.
	sideScreen interface {
		sideView(width, height int) string
	}
)

// binding is a key and what it does, in one or two words.
type binding struct{ key, does string }

// move is where a screen wants to go; the zero value stays.
type move struct {
	kind moveKind
	to   step   // of a jump
	key  string // of a jump: the question to begin with
}

type moveKind int

const (
	stay moveKind = iota
	next
	back
	jump
	leave
)

// session is what all screens share.
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

	dialog    *dialog
	confirmed answers.Cluster   // what the guard against the wrong cluster was answered for
	resumeAt  step              // where an earlier run was left, until that is reached
	reached   step              // where an earlier run had come to
	problems  map[string]string // what failed checks say of answers, by the question's key
	layout

	writing         sync.Mutex // the state file
	writes, written int        // numbers of the writes, begun and done

	plan      Plan
	outcome   Outcome
	abandoned bool // left while an install was at work
}

func newSession(ctx context.Context, o Options) *session {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.ValuesPath == "" {
		o.ValuesPath = DefaultValues
	}
	l := theme.New(o.Terminal)
	return &session{
		ctx: ctx, options: o, engine: o.Engine, now: o.Now,
		responses: question.NewResponses(o.Start), styles: l, formTheme: l.HuhTheme(),
		tasks: map[int]*task{}, outcome: Outcome{Ending: Left},
		sendMsg: func(tea.Msg) {},
	}
}

// steps lists the steps of the rail: those that ask something, then what
// follows.
func (s *session) steps() []step {
	var steps []step
	for _, a := range s.responses.Steps() {
		steps = append(steps, step(a))
	}
	return append(steps, stepReview, stepInstall, stepConnect)
}

// after and before return a step's neighbours on the rail; itself at the ends.
func (s *session) after(at step) step  { return s.neighbour(at, 1) }
func (s *session) before(at step) step { return s.neighbour(at, -1) }

func (s *session) neighbour(at step, by int) step {
	steps := s.steps()
	i := slices.Index(steps, at) + by
	if i < 0 || i >= len(steps) {
		return at
	}
	return steps[i]
}

// resume leads to what an earlier run still misses, else to where it was left.
func (s *session) resumeMove() move {
	to := s.firstIncomplete(s.resumeAt)
	if to.to == s.resumeAt || to.to == stepReview {
		s.resumeAt = ""
	}
	return to
}

// passed tells whether an earlier run had come beyond a step.
func (s *session) wasPassed(at step) bool {
	steps := s.steps()
	return s.reached != "" && slices.Index(steps, at) < slices.Index(steps, s.reached)
}

// stepOf is the step that asks for key; Review when none does.
func (s *session) stepOf(key string) step {
	if f, ok := answers.FieldByKey(key); ok && !f.FileOnly {
		return step(f.Step)
	}
	return stepReview
}

// isConfirmed tells whether the person has said that this is the cluster.
func (s *session) isConfirmed() bool {
	return s.confirmed != answers.Cluster{} && s.confirmed == s.target()
}

// target is where the answers point, with defaults.
func (s *session) target() answers.Cluster { return s.responses.Complete().Cluster }
