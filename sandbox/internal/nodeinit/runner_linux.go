package nodeinit

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"syscall"

	"github.com/zenml-installer/zenml-installer/sandbox/internal/process"
)

// Runner starts processes through a node's first process.
type Runner struct {
	cmd      *exec.Cmd
	requests *os.File
	answers  chan started
	exits    chan process.Exit
	gone     chan struct{}
	mu       sync.Mutex
}

// Options configure a node's first process.
type Options struct {
	// Executable is the sandbox's own binary.
	Executable string
	// StateDir is the sandbox's folder.
	StateDir string
	// Env is added to the environment of all processes.
	Env []string
	// Log is the file for the output of the first process.
	Log string
}

// Start creates the namespaces and their first process. The process does not
// outlive the caller.
func Start(options Options) (*Runner, error) {
	requestsRead, requestsWrite, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("start node: %w", err)
	}
	eventsRead, eventsWrite, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("start node: %w", err)
	}
	defer func() { _, _ = requestsRead.Close(), eventsWrite.Close() }()
	cmd := exec.Command(options.Executable, Command, options.StateDir) //nolint:gosec // the sandbox's own binary
	cmd.Env = append(os.Environ(), options.Env...)
	cmd.ExtraFiles = []*os.File{requestsRead, eventsWrite}
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Setpgid:    true,
		Cloneflags: syscall.CLONE_NEWPID | syscall.CLONE_NEWNS | syscall.CLONE_NEWNET,
	}
	log, err := os.OpenFile(options.Log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("start node: %w", err)
	}
	defer func() { _ = log.Close() }()
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start node in namespaces of its own: %w", err)
	}
	r := &Runner{
		cmd: cmd, requests: requestsWrite,
		answers: make(chan started, 1), exits: make(chan process.Exit, 64), gone: make(chan struct{}),
	}
	return r, r.await(eventsRead)
}

// await waits until the first process is ready, then follows its messages.
func (r *Runner) await(events *os.File) error {
	decoder := json.NewDecoder(bufio.NewReader(events))
	var first event
	if err := decoder.Decode(&first); err != nil || !first.Ready {
		_ = r.cmd.Process.Kill()
		_ = r.cmd.Wait()
		return fmt.Errorf("start node: its first process ended (%s)", r.cmd.ProcessState)
	}
	go r.follow(events, decoder)
	return nil
}

func (r *Runner) follow(events *os.File, decoder *json.Decoder) {
	defer func() { _ = events.Close() }()
	for {
		var e event
		if decoder.Decode(&e) != nil {
			break
		}
		if e.Started != nil {
			r.answers <- *e.Started
		}
		if e.Exit != nil {
			r.exits <- *e.Exit
		}
	}
	_ = r.cmd.Wait()
	close(r.gone)
	select {
	case r.exits <- process.Exit{Name: Command, PID: r.cmd.Process.Pid, Status: r.cmd.ProcessState.String()}:
	default:
	}
}

// PID returns the first process's id on the host.
func (r *Runner) PID() int { return r.cmd.Process.Pid }

// Start implements process.Runner; the id is that in the namespaces.
func (r *Runner) Start(spec process.Spec) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := json.NewEncoder(r.requests).Encode(spec); err != nil {
		return 0, fmt.Errorf("start %s: %w", spec.Name, err)
	}
	select {
	case answer := <-r.answers:
		if answer.Error != "" {
			return 0, fmt.Errorf("start %s: %w", spec.Name, errors.New(answer.Error))
		}
		return answer.PID, nil
	case <-r.gone:
		return 0, fmt.Errorf("start %s: the node is gone", spec.Name)
	}
}

// Exits implements process.Runner.
func (r *Runner) Exits() <-chan process.Exit { return r.exits }

// Close implements process.Runner.
func (r *Runner) Close() {
	_ = r.cmd.Process.Kill()
	<-r.gone
	_ = r.requests.Close()
}
