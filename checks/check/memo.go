package check

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"
)

// memoLimit ends a question that no check waits for any longer.
const memoLimit = 30 * time.Second

// Memo is a question that several checks ask. It is answered once in a run,
// and every check that asks gets that answer.
type Memo[T any] struct {
	topic *topic
	key   string
}

// topic is what a memo asks about; its address tells it from all others.
type topic struct{ name string }

// NewMemo returns a memo of a fact; name appears in the error of a question
// that panics.
func NewMemo[T any](name string) Memo[T] { return Memo[T]{topic: &topic{name}} }

// For returns the memo of the same fact about one of several things.
func (m Memo[T]) For(key string) Memo[T] { return Memo[T]{topic: m.topic, key: key} }

// Get asks the question the first time, and waits for its answer every time,
// as long as ctx lasts. Errors are remembered too, except transient ones.
func (m Memo[T]) Get(ctx context.Context, e *Env, ask func(context.Context) (T, error)) (T, error) {
	a := e.memory.start(question(m), func(ctx context.Context) (any, error) { return ask(ctx) }) //nolint:contextcheck // it runs under the run's context, not one check's
	var none T
	select {
	case <-a.done:
		value, ok := a.value.(T)
		if !ok {
			return none, a.err
		}
		return value, a.err
	case <-ctx.Done():
		return none, context.Cause(ctx)
	}
}

// question identifies a memo in the memory of a run.
type question struct {
	topic *topic
	key   string
}

func (q question) String() string { return strings.TrimSpace(q.topic.name + " " + q.key) }

// memory holds the answers of one run. A question runs under the run's own
// context, so that one check's time limit does not spoil the answer for
// another.
type memory struct {
	ctx    context.Context // of the run; ends when the run does
	cancel context.CancelFunc
	group  sync.WaitGroup

	mu      sync.Mutex
	asked   map[question]*answer
	closers []func()
}

type answer struct {
	done  chan struct{}
	value any
	err   error
}

func newMemory(ctx context.Context) *memory {
	run, cancel := context.WithCancel(ctx)
	return &memory{ctx: run, cancel: cancel, asked: map[question]*answer{}}
}

func (m *memory) start(q question, ask func(context.Context) (any, error)) *answer {
	m.mu.Lock()
	defer m.mu.Unlock()
	if a := m.asked[q]; a != nil && !a.forgettable() {
		return a
	}
	a := &answer{done: make(chan struct{})}
	m.asked[q] = a
	m.group.Go(func() {
		defer close(a.done)
		defer func() {
			if p := recover(); p != nil {
				a.err = fmt.Errorf("asking for %s failed inside the program: %v", q, p)
			}
		}()
		ctx, cancel := context.WithTimeout(m.ctx, memoLimit)
		defer cancel()
		a.value, a.err = ask(ctx)
	})
	return a
}

// forgettable returns true if the question may be asked again.
func (a *answer) forgettable() bool {
	select {
	case <-a.done:
		return IsTransient(a.err)
	default:
		return false
	}
}

// atEnd calls closer when the run is over, for what a question has opened.
func (m *memory) atEnd(closer func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closers = append(m.closers, closer)
}

// end cancels what still runs, waits for it and closes what was opened.
func (m *memory) end() {
	m.cancel()
	m.group.Wait()
	for i := len(m.closers) - 1; i >= 0; i-- {
		m.closers[i]()
	}
}
