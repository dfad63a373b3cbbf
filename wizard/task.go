package wizard

import (
	"context"
	"sync"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/zenml-installer/zenml-installer/internal/display"
)

// task is background work of a screen in the engine. Its messages carry its
// number, so that those of a dropped task are ignored.
type task struct {
	id        int
	owner     screen
	ctx       context.Context
	cancel    context.CancelFunc
	startedAt time.Time
	s         *session
}

// taskMsg is a message of a task.
type taskMsg struct {
	id   int
	msg  tea.Msg
	last bool
}

// begin runs do in a goroutine for a screen. The messages that do passes to
// tell, and the one it returns, are passed to the screen's update.
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

// drop cancels a task and ignores its later messages.
func (t *task) drop() {
	if t == nil {
		return
	}
	t.cancel()
	delete(t.s.tasks, t.id)
}

// running reports whether the task is still working.
func (t *task) running() bool {
	if t == nil {
		return false
	}
	_, there := t.s.tasks[t.id]
	return there
}

// tickMsg is sent regularly while a task is running, to update displayed times.
type tickMsg struct{}

// tick starts the clock unless it is running.
func (s *session) tick() tea.Cmd {
	if s.ticking || len(s.tasks) == 0 {
		return nil
	}
	s.ticking = true
	return tea.Tick(s.tickTime(), func(time.Time) tea.Msg { return tickMsg{} })
}

// work counts the goroutines that use the engine, so that the program can wait
// for them at exit.
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

// close prevents new work and waits for running work until the timeout; 0 waits
// without limit.
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

// since formats how long something has been running, or returns "" if it has
// not started.
func since(now, start time.Time) string {
	if start.IsZero() {
		return ""
	}
	return display.Elapsed(now.Sub(start))
}
