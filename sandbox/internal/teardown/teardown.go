// Package teardown removes a sandbox in any state.
package teardown

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/zenml-installer/zenml-installer/sandbox/internal/state"
)

// EnvMarker is the environment variable of all of a sandbox's processes; its
// value is the sandbox's folder.
const EnvMarker = "ZENML_SANDBOX_DIR"

const (
	// patience is the timeout for the end of a supervisor.
	patience = 10 * time.Second
	// kernelPatience is the timeout for the end of killed processes.
	kernelPatience = 15 * time.Second
)

// Down removes everything of the sandbox in dir: processes, then their
// leftovers on the host, then files. It verifies the result, and its error
// lists what could not be removed. A missing sandbox is not an error.
func Down(ctx context.Context, dir state.Dir) error {
	record, err := state.Read(dir)
	if err != nil {
		record = &state.Record{} // missing or damaged; everything else is found without it
	}
	stopSupervisor(ctx, dir)
	ctx, cancel := context.WithTimeout(ctx, kernelPatience)
	defer cancel()
	return errors.Join(
		killProcesses(ctx, dir),
		cleanHost(ctx, dir, record),
		removeFiles(dir),
	)
}

// stopSupervisor terminates the supervisor, and kills it after a timeout.
func stopSupervisor(ctx context.Context, dir state.Dir) {
	pid := supervisorPID(dir)
	for _, attempt := range []struct {
		signal syscall.Signal
		wait   time.Duration
	}{{syscall.SIGTERM, patience}, {syscall.SIGKILL, patience}} {
		if pid == 0 || !dir.Alive() {
			return
		}
		_ = syscall.Kill(pid, attempt.signal)
		waiting, cancel := context.WithTimeout(ctx, attempt.wait)
		_ = until(waiting, func() bool { return !dir.Alive() })
		cancel()
	}
}

// supervisorPID reads the process id from the supervisor's lock file.
func supervisorPID(dir state.Dir) int {
	data, err := os.ReadFile(dir.LifeLock())
	if err != nil {
		return 0
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(data)))
	if err != nil || pid <= 1 {
		return 0
	}
	return pid
}

func killProcesses(ctx context.Context, dir state.Dir) error {
	gone := until(ctx, func() bool {
		left := processes(dir)
		for _, pid := range left {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
		return len(left) == 0
	})
	if gone {
		return nil
	}
	return fmt.Errorf("sandbox %s: processes that do not end: %v", dir.Name, processes(dir))
}

func removeFiles(dir state.Dir) error {
	if err := os.RemoveAll(dir.Path()); err != nil {
		return fmt.Errorf("sandbox %s: files that cannot be removed: %w", dir.Name, err)
	}
	return nil
}

// until polls check and reports whether it succeeded before ctx was done.
func until(ctx context.Context, check func() bool) bool {
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for {
		if check() {
			return true
		}
		select {
		case <-ctx.Done():
			return check()
		case <-ticker.C:
		}
	}
}
