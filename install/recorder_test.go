package install

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/zenml-installer/zenml-installer/install/event"
)

// recorder records the events of an action with their times.
type recorder struct {
	t      testing.TB
	begin  time.Time
	mu     sync.Mutex
	events []timedEvent
	wait   chan struct{} // closed at the next event
}

type timedEvent struct {
	event.Event
	at time.Duration
}

func record(t testing.TB) *recorder {
	return &recorder{t: t, begin: time.Now(), wait: make(chan struct{})}
}

func (r *recorder) observe(e event.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, timedEvent{e, time.Since(r.begin)})
	close(r.wait)
	r.wait = make(chan struct{})
}

// until waits for an event that want accepts, and returns its time.
func (r *recorder) until(what string, want func(event.Event) bool) time.Duration {
	r.t.Helper()
	limit := time.After(90 * time.Second)
	for next := 0; ; {
		r.mu.Lock()
		wait := r.wait
		for ; next < len(r.events); next++ {
			if e := r.events[next]; want(e.Event) {
				r.mu.Unlock()
				return e.at
			}
		}
		r.mu.Unlock()
		select {
		case <-limit:
			r.t.Fatalf("no event: %s\n%s", what, r)
		case <-wait:
		}
	}
}

// find returns the time of the first event that want accepts.
func (r *recorder) find(want func(event.Event) bool) (time.Duration, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range r.events {
		if want(e.Event) {
			return e.at, true
		}
	}
	return 0, false
}

// String returns the events, for the log of a failed test.
func (r *recorder) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out strings.Builder
	for _, e := range r.events {
		fmt.Fprintf(&out, "%7.2f %s\n", e.at.Seconds(), describe(e.Event))
	}
	return out.String()
}

func describe(e event.Event) string {
	switch e := e.(type) {
	case event.StepStarted:
		return "step " + e.Step + ": " + e.Title
	case event.StepFinished:
		return fmt.Sprintf("step %s ended after %.1f s: %v", e.Step, e.Duration.Seconds(), e.Err)
	case event.ObjectChanged:
		return fmt.Sprintf("%s %s (%s): %s", e.Object, e.State, e.Reason, e.Message)
	case event.LogLine:
		return e.Pod + "| " + e.Line
	case event.Notice:
		return e.Text
	default:
		return fmt.Sprintf("%T", e)
	}
}
