package process

import (
	"fmt"
	"os"
	"os/exec"
	"sync"
	"syscall"
)

// Local starts processes as children of the caller. Each gets a lifeline and
// ends with the caller, even if that is killed.
type Local struct {
	read, write *os.File
	exits       chan Exit
	mu          sync.Mutex
	running     map[int]*exec.Cmd
	wait        sync.WaitGroup
}

// NewLocal returns a runner without processes.
func NewLocal() (*Local, error) {
	read, write, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("create lifeline: %w", err)
	}
	return &Local{read: read, write: write, exits: make(chan Exit, 64), running: map[int]*exec.Cmd{}}, nil
}

// Start implements Runner.
func (l *Local) Start(spec Spec) (int, error) {
	log, err := os.OpenFile(spec.Log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return 0, fmt.Errorf("start %s: %w", spec.Name, err)
	}
	defer func() { _ = log.Close() }()
	cmd := exec.Command(spec.Path, spec.Args...) //nolint:gosec // one of the supervisor's components
	cmd.Env = append(append(os.Environ(), spec.Env...), EnvLifeline+"=3")
	cmd.Stdout, cmd.Stderr = log, log
	cmd.ExtraFiles = []*os.File{l.read}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		return 0, fmt.Errorf("start %s: %w", spec.Name, err)
	}
	l.mu.Lock()
	l.running[cmd.Process.Pid] = cmd
	l.mu.Unlock()
	l.wait.Add(1)
	go l.reap(spec.Name, cmd)
	return cmd.Process.Pid, nil
}

func (l *Local) reap(name string, cmd *exec.Cmd) {
	defer l.wait.Done()
	_ = cmd.Wait()
	l.mu.Lock()
	delete(l.running, cmd.Process.Pid)
	l.mu.Unlock()
	exit := Exit{Name: name, PID: cmd.Process.Pid, Status: cmd.ProcessState.String()}
	select {
	case l.exits <- exit:
	default:
	}
}

// Exits implements Runner.
func (l *Local) Exits() <-chan Exit { return l.exits }

// Close implements Runner.
func (l *Local) Close() {
	l.mu.Lock()
	for _, cmd := range l.running {
		_ = cmd.Process.Kill()
	}
	l.mu.Unlock()
	l.wait.Wait()
	_ = l.write.Close()
	_ = l.read.Close()
}
