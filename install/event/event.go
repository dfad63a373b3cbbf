package event

import (
	"sync"
	"time"
)

// Observer receives events one at a time and in order. It must return quickly
// and must not call the engine.
type Observer func(Event)

// Event is one of RunStarted, StepStarted, StepFinished, ObjectChanged, Stuck, Reported,
// LogLine, Notice. No event contains a secret.
type Event interface{ event() }

// RunStarted reports that a run starts, where earlier ones show how long it usually
// takes on this machine.
type RunStarted struct{ Typical time.Duration }

// StepStarted reports that a step starts.
type StepStarted struct {
	// Step is stable and one word: "state", "namespace", "lock", "review", "secrets", "probe", "prerequisites",
	// "release" or "readiness".
	Step  string
	Title string // description for users
	// Typical is how long the step usually takes on this machine; 0 if that is not known.
	Typical time.Duration
}

// StepFinished reports that a step has ended, with its error if it failed.
type StepFinished struct {
	Step     string
	Err      error
	Duration time.Duration
}

// Object identifies an object in the cluster.
type Object struct{ Kind, Namespace, Name string }

func (o Object) String() string { return o.Kind + " " + o.Name }

// State is the state of an object.
type State string

// The states. A waiting object depends on something else (a node, an image, a
// volume); a progressing one does not.
const (
	Waiting     State = "waiting"
	Progressing State = "progressing"
	Ready       State = "ready"
	Failed      State = "failed"
)

// ObjectChanged reports that an object of the release has a new state, reason
// or message.
type ObjectChanged struct {
	Object
	State   State
	Reason  string    // reason reported by Kubernetes, in CamelCase; may be empty
	Message string    // for users
	Hook    bool      // part of a Helm hook, like the migration Job
	Since   time.Time // start of the state, by the cluster's clock if known
}

// Stuck reports every minute that an object still waits for what the cluster lacks,
// such as a node with enough memory, without which the server does not start. The
// cluster may get it, so the run goes on.
type Stuck struct {
	ObjectChanged
	Remedy   string // may be empty
	Waited   time.Duration
	Deadline time.Time // when the run stops waiting; zero if it does not
}

// Reported is an event that Kubernetes has about an object of the release. One that is
// repeated is reported again, with the same ID. Values of the release's Secrets are masked.
type Reported struct {
	Object
	ID              string
	Warning         bool
	Reason, Message string
	Count           int       // how often it has occurred
	At              time.Time // the last time, by the cluster's clock
}

// LogLine is a line in the log of a container. Values of the release's Secrets
// are masked.
type LogLine struct{ Pod, Container, Line string }

// Notice is a message that concerns no object.
type Notice struct{ Text string }

func (RunStarted) event() {}

func (StepStarted) event() {}

func (StepFinished) event() {}

func (ObjectChanged) event() {}

func (Stuck) event() {}

func (Reported) event() {}

func (LogLine) event() {}

func (Notice) event() {}

// Emitter sends events to an observer, one at a time.
type Emitter struct {
	mu      sync.Mutex
	observe Observer
}

// NewEmitter returns an Emitter that sends events to observe, which may be nil.
func NewEmitter(observe Observer) *Emitter { return &Emitter{observe: observe} }

// Emit sends an event to the observer.
func (e *Emitter) Emit(event Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.observe != nil {
		e.observe(event)
	}
}

// Redirect sends all later events to another observer, which may be nil.
func (e *Emitter) Redirect(observe Observer) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.observe = observe
}

// Close discards all later events.
func (e *Emitter) Close() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.observe = nil
}
