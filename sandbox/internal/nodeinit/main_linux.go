package nodeinit

import (
	"encoding/json"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/zenml-installer/zenml-installer/sandbox/internal/process"
)

// Main is the node's first process. stateDir stays writable at its path, even
// below hidden folders. It returns when the supervisor has ended.
func Main(stateDir string) error {
	events := json.NewEncoder(os.NewFile(eventsFD, "events"))
	requests := json.NewDecoder(os.NewFile(requestsFD, "requests"))
	unix.CloseOnExec(eventsFD)
	unix.CloseOnExec(requestsFD)
	if err := isolate(stateDir); err != nil {
		return err
	}
	first := &firstProcess{names: map[int]string{}, events: events}
	go first.reap()
	if err := first.send(event{Ready: true}); err != nil {
		return err
	}
	for {
		var spec process.Spec
		if err := requests.Decode(&spec); err != nil {
			return nil //nolint:nilerr // the supervisor closed its end: exit, and the kernel kills the rest
		}
		if err := first.start(spec); err != nil {
			return err
		}
	}
}

type firstProcess struct {
	mu     sync.Mutex
	names  map[int]string
	events *json.Encoder
	sendMu sync.Mutex
}

func (f *firstProcess) send(e event) error {
	f.sendMu.Lock()
	defer f.sendMu.Unlock()
	if err := f.events.Encode(e); err != nil {
		return fmt.Errorf("report to supervisor: %w", err)
	}
	return nil
}

// start holds the lock until the process is registered, so that reap does not
// treat it as an orphan.
func (f *firstProcess) start(spec process.Spec) error {
	f.mu.Lock()
	pid, err := fork(spec)
	if err == nil {
		f.names[pid] = spec.Name
	}
	f.mu.Unlock()
	answer := &started{PID: pid}
	if err != nil {
		answer.Error = err.Error()
	}
	return f.send(event{Started: answer})
}

func fork(spec process.Spec) (int, error) {
	log, err := os.OpenFile(spec.Log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return 0, err
	}
	defer func() { _ = log.Close() }()
	null, err := os.Open(os.DevNull)
	if err != nil {
		return 0, err
	}
	defer func() { _ = null.Close() }()
	return syscall.ForkExec(spec.Path, //nolint:gosec // one of the supervisor's components
		append([]string{spec.Path}, spec.Args...), &syscall.ProcAttr{
			Env:   append(os.Environ(), spec.Env...),
			Files: []uintptr{null.Fd(), log.Fd(), log.Fd()},
			Sys:   &syscall.SysProcAttr{Setpgid: true},
		})
}

// reap collects every child, including orphans of containers, and reports those
// that start started.
func (f *firstProcess) reap() {
	children := make(chan os.Signal, 1)
	signal.Notify(children, syscall.SIGCHLD)
	for range children {
		for {
			var status syscall.WaitStatus
			pid, err := syscall.Wait4(-1, &status, syscall.WNOHANG, nil)
			if err != nil || pid <= 0 {
				break
			}
			f.collected(pid, status)
		}
	}
}

func (f *firstProcess) collected(pid int, status syscall.WaitStatus) {
	f.mu.Lock()
	name, known := f.names[pid]
	delete(f.names, pid)
	f.mu.Unlock()
	if known {
		_ = f.send(event{Exit: &process.Exit{Name: name, PID: pid, Status: describe(status)}})
	}
}

func describe(status syscall.WaitStatus) string {
	if status.Signaled() {
		return "signal: " + status.Signal().String()
	}
	return fmt.Sprintf("exit status %d", status.ExitStatus())
}
