package check

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"
)

// memoLimit is the time limit of a query.
const memoLimit = time.Minute

// Memo caches a result that several checks need. It is computed once per run.
type Memo[T any] struct {
	topic *topic
	key   string
}

// topic is the subject of a memo; its address identifies it.
type topic struct{ name string }

// NewMemo returns a memo; name appears in the error if the query panics.
func NewMemo[T any](name string) Memo[T] { return Memo[T]{topic: &topic{name}} }

// For returns the memo for one of several objects.
func (m Memo[T]) For(key string) Memo[T] { return Memo[T]{topic: m.topic, key: key} }

// Get calls ask the first time and waits for the result until ctx is done. It
// caches errors too, except transient ones.
func (m Memo[T]) Get(ctx context.Context, e *Env, ask func(context.Context) (T, error)) (T, error) {
	//nolint:contextcheck // the query runs under the run's context, not one check's
	a := e.memory.start(question(m), func(ctx context.Context) (any, error) { return ask(ctx) })
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

// question identifies a memo in the cache of a run.
type question struct {
	topic *topic
	key   string
}

func (q question) String() string { return strings.TrimSpace(q.topic.name + " " + q.key) }

// memory caches the results of one run. A query runs under the run's context,
// so that the time limit of one check does not affect another.
type memory struct {
	ctx    context.Context // ends with the run
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
	if a := m.asked[q]; a != nil && !a.isRetryable() {
		return a
	}
	a := &answer{done: make(chan struct{})}
	m.asked[q] = a
	m.group.Go(func() {
		defer close(a.done)
		defer func() {
			if p := recover(); p != nil {
				a.err = fmt.Errorf("internal error in %s: %v", q, p)
			}
		}()
		ctx, cancel := context.WithTimeout(m.ctx, memoLimit)
		defer cancel()
		a.value, a.err = ask(ctx)
	})
	return a
}

// isRetryable reports whether the query can be repeated.
func (a *answer) isRetryable() bool {
	select {
	case <-a.done:
		return IsTransient(a.err)
	default:
		return false
	}
}

// atEnd calls closer at the end of the run, for something that a query opened.
func (m *memory) atEnd(closer func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closers = append(m.closers, closer)
}

// end cancels the running queries, waits for them and calls the closers.
func (m *memory) end() {
	m.cancel()
	m.group.Wait()
	for i := len(m.closers) - 1; i >= 0; i-- {
		m.closers[i]()
	}
}
