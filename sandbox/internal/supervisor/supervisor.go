package supervisor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"k8s.io/client-go/kubernetes"

	"github.com/zenml-installer/zenml-installer/sandbox/internal/cgroups"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/controlplane"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/process"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/state"
)

// Supervisor owns one sandbox.
type Supervisor struct {
	options Options
	tell    func(Progress)
	log     io.Writer
	host    host
	beside  *process.Local // runs processes outside the host's namespaces
	plane   *controlplane.Plane
	client  kubernetes.Interface

	mu      sync.Mutex
	record  *state.Record
	closers []func()
}

// host abstracts real and simulated nodes.
type host interface {
	// Runner starts the components.
	Runner() process.Runner
	// Network returns the sandbox's addresses.
	Network() state.Network
	// PID translates a component's id to the host's.
	PID(id int) int
	// Prepare starts what the nodes need before the API server runs.
	Prepare(ctx context.Context) error
	// Join starts the nodes.
	Join(ctx context.Context) error
	// Ready waits for what a pod needs besides its node.
	Ready(ctx context.Context) error
	// Close ends all components and removes their leftovers on the host.
	Close()
}

// Run starts a sandbox, sends its progress to tell, and keeps it until ctx is
// done. The supervisor logs to log.
func Run(ctx context.Context, options Options, tell func(Progress), log io.Writer) error {
	waiting, cancel := context.WithTimeout(ctx, 2*time.Second) // a status command may hold it briefly
	defer cancel()
	life, err := state.WaitLock(waiting, options.Dir.LifeLock())
	if err != nil {
		return fmt.Errorf("another supervisor runs sandbox %s: %w", options.Dir.Name, err)
	}
	defer life.Unlock()
	if err := life.Note(fmt.Sprint(os.Getpid())); err != nil {
		return err
	}
	beside, err := process.NewLocal()
	if err != nil {
		return err
	}
	s := &Supervisor{options: options, tell: tell, log: log, record: newRecord(options), beside: beside}
	s.onClose(beside.Close)
	defer s.close(ctx)
	if err := s.bringUp(ctx); err != nil {
		s.failed(err)
		return err
	}
	s.tell(Progress{Ready: true})
	s.watch(ctx)
	return nil
}

func newRecord(options Options) *state.Record {
	count := options.Count
	if options.real() {
		count = 1
	}
	return &state.Record{
		Version: 1, Name: options.Dir.Name, State: state.Starting, CreatedAt: time.Now().UTC().Truncate(time.Second),
		Kubeconfig: options.Dir.Kubeconfig(), Nodes: state.Nodes{Kind: options.Nodes, Count: count},
		Kubernetes: state.Kubernetes{Version: options.KubernetesVersion},
		Charts:     []state.Chart{},
		PIDs:       map[string]int{"supervisor": os.Getpid()}, Logs: options.Dir.Logs(),
	}
}

// update changes and writes the record.
func (s *Supervisor) update(change func(*state.Record)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s.record)
	return s.record.Write(s.options.Dir)
}

func (s *Supervisor) say(format string, args ...any) {
	s.tell(Progress{Message: fmt.Sprintf(format, args...)})
}

// onClose registers an undo function; they run in reverse order.
func (s *Supervisor) onClose(undo func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closers = append(s.closers, undo)
}

func (s *Supervisor) close(ctx context.Context) {
	for i := len(s.closers) - 1; i >= 0; i-- {
		s.closers[i]()
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if s.record.Cgroup != "" {
		if err := cgroups.Remove(ctx, s.record.Cgroup); err != nil {
			_, _ = fmt.Fprintln(s.log, err)
		}
	}
	_ = s.update(func(r *state.Record) {
		if r.State == state.Running {
			r.State = state.Stopped
		}
	})
}

func (s *Supervisor) failed(err error) {
	_ = s.update(func(r *state.Record) {
		r.State = state.Broken
		if len(r.Failures) == 0 {
			r.Failures = append(
				r.Failures,
				state.Failure{
					Component: Command,
					Message:   err.Error(),
					Log:       s.options.Dir.Log(Command),
					At:        time.Now().UTC(),
				},
			)
		}
	})
	s.tell(Progress{Error: err.Error()})
}

// watch waits for the end of the sandbox. Components are not restarted: if one
// ends, the sandbox is broken.
func (s *Supervisor) watch(ctx context.Context) {
	gone := s.options.ownerGone(ctx)
	for {
		select {
		case <-gone:
			gone = nil
			if err := s.options.takeDown(ctx); err != nil {
				_, _ = fmt.Fprintln(s.log, err)
			}
		case <-ctx.Done():
			return
		case exit := <-s.host.Runner().Exits():
			s.ended(exit)
		case exit := <-s.beside.Exits():
			s.ended(exit)
		}
	}
}

func (s *Supervisor) ended(exit process.Exit) {
	_ = s.update(func(r *state.Record) {
		r.State = state.Broken
		r.Failures = append(r.Failures, state.Failure{
			Component: exit.Name, Message: "ended: " + exit.Status, Log: s.options.Dir.Log(exit.Name), At: time.Now().UTC(),
		})
		delete(r.PIDs, exit.Name)
	})
}

// died returns the error of a component that ended during the start.
func (s *Supervisor) died(exit process.Exit) error {
	path := s.options.Dir.Log(exit.Name)
	tail := process.Tail(path, 15)
	return fmt.Errorf("%s ended (%s)%s; the end of its log %s:\n%s", exit.Name, exit.Status, remedy(tail), path, tail)
}

// remedy returns what to do about a component's last log lines, or "".
func remedy(words string) string {
	if strings.Contains(words, "too many open files") {
		return ": the host's inotify instances are used up (a sandbox with a real node needs about 16): remove another sandbox, or raise the limit with sysctl fs.inotify.max_user_instances=1024"
	}
	return ""
}

var errNotReady = errors.New("not ready")
