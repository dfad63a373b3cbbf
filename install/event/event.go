package event

import (
	"sync"
	"time"
)

// Observer is told what happens, one event at a time and in order. It must
// return soon and must not call back into the engine.
type Observer func(Event)

// Event is one of StepStarted, StepFinished, ObjectChanged, LogLine, Notice.
// No event holds a secret.
type Event interface{ event() }

// StepStarted says that a step begins.
type StepStarted struct {
	Step  string // stable, one word: "state", "namespace", "lock", "secrets", "release", "readiness"
	Title string // what it does, for people
}

// StepFinished says that the step has ended, with its error if it failed.
type StepFinished struct {
	Step     string
	Err      error
	Duration time.Duration
}

// Object names an object of the cluster.
type Object struct{ Kind, Namespace, Name string }

func (o Object) String() string { return o.Kind + " " + o.Name }

// State is where an object stands.
type State string

// The states. Waiting is for something outside the object (a node, an image, a
// volume); progressing is at work by itself.
const (
	Waiting     State = "waiting"
	Progressing State = "progressing"
	Ready       State = "ready"
	Failed      State = "failed"
)

// ObjectChanged says that an object of the release has come into another
// state, or that there is something new to say about it.
type ObjectChanged struct {
	Object
	State   State
	Reason  string    // one CamelCase word of Kubernetes' own, may be empty
	Message string    // for people
	Hook    bool      // it belongs to a Helm hook, as the migration Job does
	Since   time.Time // when it came into this state, by the cluster's clock where that is known
}

// LogLine is a line that a container of the release has written. Values of
// the release's Secrets are masked in it.
type LogLine struct{ Pod, Container, Line string }

// Notice is something worth knowing that belongs to no object.
type Notice struct{ Text string }

func (StepStarted) event() {}

func (StepFinished) event() {}

func (ObjectChanged) event() {}

func (LogLine) event() {}

func (Notice) event() {}

// Emitter hands events to an observer, one at a time.
type Emitter struct {
	mu      sync.Mutex
	observe Observer
}

// NewEmitter returns an Emitter that passes events to observe, which may be nil.
func NewEmitter(observe Observer) *Emitter { return &Emitter{observe: observe} }

// Emit passes an event to the observer.
func (e *Emitter) Emit(event Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.observe != nil {
		e.observe(event)
	}
}

// Close drops every event that is still to come.
func (e *Emitter) Close() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.observe = nil
}
