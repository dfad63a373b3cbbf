package wizard

import (
	"context"
	"sync"
	"time"

	tea "github.com/charmbracelet/bubbletea"
)

// task is one piece of the engine's work, begun by a screen. What it tells
// carries its number, so that nothing of a task that was dropped reaches a
// screen any more.
type task struct {
	id        int
	owner     screen
	ctx       context.Context
	cancel    context.CancelFunc
	startedAt time.Time
	s         *session
}

// taskMsg is what a task tells.
type taskMsg struct {
	id   int
	msg  tea.Msg
	last bool
}

// begin starts work for a screen, in a goroutine of the program. What do
// passes to tell, and what it returns, come to the screen's update.
func (s *session) begin(owner screen, do func(ctx context.Context, tell func(tea.Msg)) tea.Msg) (*task, tea.Cmd) {
	s.lastTask++
	t := &task{id: s.lastTask, owner: owner, startedAt: s.now(), s: s}
	t.ctx, t.cancel = context.WithCancel(s.ctx)
	s.tasks[t.id] = t
	tell := func(msg tea.Msg) { s.sendMsg(taskMsg{id: t.id, msg: msg}) }
	cmd := func() tea.Msg {
		if !s.work.begin() {
			return nil
		}
		defer s.work.done()
		return taskMsg{id: t.id, msg: do(t.ctx, tell), last: true}
	}
	return t, tea.Batch(cmd, s.tick())
}

// drop ends a task and forgets it.
func (t *task) drop() {
	if t == nil {
		return
	}
	t.cancel()
	delete(t.s.tasks, t.id)
}

// running tells whether the task is at work.
func (t *task) running() bool {
	if t == nil {
		return false
	}
	_, there := t.s.tasks[t.id]
	return there
}

// tickMsg comes every second while a task is at work, for the times shown.
type tickMsg struct{}

// tick keeps at most one clock running.
func (s *session) tick() tea.Cmd {
	if s.ticking || len(s.tasks) == 0 {
		return nil
	}
	s.ticking = true
	return tea.Tick(time.Second, func(time.Time) tea.Msg { return tickMsg{} })
}

// work counts the goroutines that use the engine, so that the end of the
// program can wait for them.
type work struct {
	mu     sync.Mutex
	closed bool
	group  sync.WaitGroup
}

func (w *work) begin() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return false
	}
	w.group.Add(1)
	return true
}

func (w *work) done() { w.group.Done() }

// end lets nothing begin any more and waits for what is at work, but no longer
// than patience; 0 waits for as long as it takes.
func (w *work) close(patience time.Duration) {
	w.mu.Lock()
	w.closed = true
	w.mu.Unlock()
	ended := make(chan struct{})
	go func() {
		w.group.Wait()
		close(ended)
	}()
	var late <-chan time.Time
	if patience > 0 {
		late = time.After(patience)
	}
	select {
	case <-ended:
	case <-late:
	}
}
