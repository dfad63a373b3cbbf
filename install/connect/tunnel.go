package connect

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync"
	"time"

	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/internal/poll"
	"github.com/zenml-installer/zenml-installer/internal/transport"
)

// Tunnel is a local port that is forwarded to the server.
type Tunnel struct {
	listener net.Listener
	pods     *podFinder
	emitter  *event.Emitter
	ctx      context.Context
	cancel   context.CancelCauseFunc
	work     sync.WaitGroup
	done     chan struct{}

	mu      sync.Mutex
	current *attachment
	swapped chan struct{} // closed when current changes
}

var errClosed = errors.New("closed")

func newTunnel(ctx context.Context, listener net.Listener, pods *podFinder, e *event.Emitter) *Tunnel {
	t := &Tunnel{listener: listener, pods: pods, emitter: e, done: make(chan struct{}), swapped: make(chan struct{})}
	t.ctx, t.cancel = context.WithCancelCause(ctx)
	return t
}

// URL returns the server's local URL.
func (t *Tunnel) URL() string {
	host, _, _ := net.SplitHostPort(t.listener.Addr().String())
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, strconv.Itoa(t.Port()))
}

// Port returns the local port.
func (t *Tunnel) Port() int {
	if a, ok := t.listener.Addr().(*net.TCPAddr); ok {
		return a.Port
	}
	return 0
}

// onlyReady makes the tunnel forward to ready pods only. A nil tunnel stays nil.
func (t *Tunnel) onlyReady() *Tunnel {
	if t != nil {
		t.pods.starting.Store(false)
		t.pods.notify()
	}
	return t
}

// Observe sends the notices of the tunnel to another observer.
func (t *Tunnel) Observe(observe event.Observer) { t.emitter.Redirect(observe) }

// Done is closed when the tunnel has ended.
func (t *Tunnel) Done() <-chan struct{} { return t.done }

// Err returns why the tunnel ended: nil while it is open and after Close,
// otherwise the cause of its context.
func (t *Tunnel) Err() error {
	select {
	case <-t.done:
		if cause := context.Cause(t.ctx); !errors.Is(cause, errClosed) {
			return cause
		}
	default:
	}
	return nil
}

// Close closes the tunnel and its connections and waits until they have ended.
func (t *Tunnel) Close() {
	t.cancel(errClosed)
	_ = t.listener.Close()
	t.pods.stop()
	t.work.Wait()
	<-t.done
}

// begin attaches to a first pod and then serves.
func (t *Tunnel) begin(ctx context.Context) error {
	first, cancel := context.WithTimeout(ctx, attachTime)
	defer cancel()
	a, err := t.attachFirst(first)
	t.work.Go(t.finish)
	if err != nil {
		return err
	}
	t.set(a)
	t.work.Go(func() { t.keep(a) })
	t.work.Go(t.accept)
	return nil
}

// attachFirst attaches to a pod, again if the connection to the API server is
// lost.
func (t *Tunnel) attachFirst(ctx context.Context) (a *attachment, err error) {
	var lost error
	ended := poll.Until(ctx, 200*time.Millisecond, func() (bool, error) {
		a, err = t.attach(ctx, false)
		if err != nil && transport.IsConnectionFault(err) {
			lost = err
			return false, nil
		}
		return true, nil
	})
	if ended != nil {
		err = cmp.Or(lost, ended)
	}
	return a, err
}

// finish closes everything when the context is done.
func (t *Tunnel) finish() {
	<-t.ctx.Done()
	_ = t.listener.Close()
	t.pods.stop()
	t.set(nil)
	close(t.done)
}

// keep replaces the attachment when it is lost or its pod is terminating.
func (t *Tunnel) keep(a *attachment) {
	defer func() { a.close() }()
	for {
		why := t.lost(a)
		if t.ctx.Err() != nil {
			return
		}
		t.set(nil)
		starting := t.pods.starting.Load()
		if starting { // the server does not listen yet
			select {
			case <-t.ctx.Done():
			case <-time.After(pauseWhileStarting):
			}
		} else {
			t.notice(why + ": the port-forward is looking for another ready pod")
		}
		next, err := t.attachForever()
		if err != nil {
			return
		}
		old := a
		t.work.Go(func() { old.drain(t.ctx) })
		a = next
		t.set(a)
		if !starting {
			t.notice("the port-forward is attached to pod " + a.pod.Name)
		}
	}
}

// pauseWhileStarting is the time between two attempts to reach a server that does
// not listen yet. Every attempt takes time of the node that starts it.
const pauseWhileStarting = 300 * time.Millisecond

func (t *Tunnel) notice(text string) { t.emitter.Emit(event.Notice{Text: text}) }

// lost waits until the attachment is unusable and returns the reason.
func (t *Tunnel) lost(a *attachment) string {
	for {
		changed := t.pods.changes()
		if !t.pods.serves(a.pod) {
			return "pod " + a.pod.Name + " is terminating"
		}
		select {
		case <-t.ctx.Done():
			return "closed"
		case <-a.broken:
			return "connection to pod " + a.pod.Name + " lost"
		case <-changed:
		}
	}
}

func (t *Tunnel) attachForever() (*attachment, error) {
	var a *attachment
	err := poll.Until(t.ctx, 200*time.Millisecond, func() (bool, error) {
		var err error
		a, err = t.attach(t.ctx, true)
		return err == nil, nil
	})
	return a, err
}

// attach waits for a ready pod and connects to it.
func (t *Tunnel) attach(ctx context.Context, patient bool) (*attachment, error) {
	pod, err := t.pods.ready(ctx, patient)
	if err != nil {
		return nil, err
	}
	return t.pods.dial(ctx, pod)
}

func (t *Tunnel) set(a *attachment) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.current = a
	close(t.swapped)
	t.swapped = make(chan struct{})
}

// attachment returns the current attachment, waiting until there is one.
func (t *Tunnel) attachment() (*attachment, error) {
	for {
		t.mu.Lock()
		a, swapped := t.current, t.swapped
		t.mu.Unlock()
		if a != nil {
			return a, nil
		}
		select {
		case <-t.ctx.Done():
			return nil, context.Cause(t.ctx)
		case <-swapped:
		}
	}
}

func (t *Tunnel) accept() {
	for {
		conn, err := t.listener.Accept()
		if err != nil {
			if t.ctx.Err() == nil {
				t.cancel(fmt.Errorf("local port %d: %w", t.Port(), err))
			}
			return
		}
		t.work.Go(func() { t.serve(conn) })
	}
}

// serve forwards one connection. If the pod does not accept it, it replaces the
// attachment and tries again.
func (t *Tunnel) serve(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	stop := context.AfterFunc(t.ctx, func() { _ = conn.Close() })
	defer stop()
	local := &localConn{Conn: conn}
	for {
		a, err := t.attachment()
		if err != nil {
			return
		}
		if a.carry(local) {
			return
		}
		a.markBroken()
		select { // wait until keep has replaced it
		case <-t.ctx.Done():
			return
		case <-t.swapOf(a):
		}
	}
}

// swapOf returns a channel that is closed when a is not the current attachment
// any more.
func (t *Tunnel) swapOf(a *attachment) <-chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.current != a {
		now := make(chan struct{})
		close(now)
		return now
	}
	return t.swapped
}
