package checks

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// probeLimit ends a question that no check waits for any longer.
const probeLimit = 30 * time.Second

// probes remembers the answers to questions that several checks ask. A
// question runs under the run's own context, so that one check's time limit
// does not spoil the answer for another.
type probes struct {
	ctx    context.Context // of the run; ends when the run does
	cancel context.CancelFunc
	group  sync.WaitGroup

	mu      sync.Mutex
	asked   map[string]*probe
	closers []func()
}

type probe struct {
	done  chan struct{}
	value any
	err   error
}

func newProbes(ctx context.Context) *probes {
	run, cancel := context.WithCancel(ctx)
	return &probes{ctx: run, cancel: cancel, asked: map[string]*probe{}}
}

// once asks a question by name the first time, and waits for its answer every
// time, as long as ctx lasts. Errors are remembered too, except transient ones.
func once[T any](ctx context.Context, e *Env, name string, ask func(context.Context) (T, error)) (T, error) {
	p := e.probes.start(name, func(ctx context.Context) (any, error) { return ask(ctx) }) //nolint:contextcheck // it runs under the run's context, not one check's
	var none T
	select {
	case <-p.done:
		value, ok := p.value.(T)
		if !ok {
			return none, p.err
		}
		return value, p.err
	case <-ctx.Done():
		return none, context.Cause(ctx)
	}
}

func (ps *probes) start(name string, ask func(context.Context) (any, error)) *probe {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	if p := ps.asked[name]; p != nil && !p.forgettable() {
		return p
	}
	p := &probe{done: make(chan struct{})}
	ps.asked[name] = p
	ps.group.Go(func() {
		defer close(p.done)
		defer func() {
			if r := recover(); r != nil {
				p.err = fmt.Errorf("asking for %s failed inside the program: %v", name, r)
			}
		}()
		ctx, cancel := context.WithTimeout(ps.ctx, probeLimit)
		defer cancel()
		p.value, p.err = ask(ctx)
	})
	return p
}

// forgettable tells whether the question may be asked again.
func (p *probe) forgettable() bool {
	select {
	case <-p.done:
		return isTransient(p.err)
	default:
		return false
	}
}

// atEnd keeps what a probe opened until the run is over.
func (ps *probes) atEnd(closer func()) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	ps.closers = append(ps.closers, closer)
}

// end cancels what still runs, waits for it and closes what was opened.
func (ps *probes) end() {
	ps.cancel()
	ps.group.Wait()
	for i := len(ps.closers) - 1; i >= 0; i-- {
		ps.closers[i]()
	}
}
