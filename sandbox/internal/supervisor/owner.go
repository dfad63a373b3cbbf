package supervisor

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/zenml-installer/zenml-installer/sandbox/internal/teardown"
)

// ownerPause is the interval of checks of the owner.
const ownerPause = 2 * time.Second

// ownerGone returns a channel that is closed when the owner has ended; never
// without an owner.
func (o Options) ownerGone(ctx context.Context) <-chan struct{} {
	if o.Owner == 0 {
		return nil
	}
	gone := make(chan struct{})
	go func() {
		tick := time.NewTicker(ownerPause)
		defer tick.Stop()
		for alive(o.Owner) {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
		}
		close(gone)
	}()
	return gone
}

// alive reports whether a process is running.
func alive(pid int) bool {
	process, err := os.FindProcess(pid)
	return err == nil && !errors.Is(process.Signal(syscall.Signal(0)), os.ErrProcessDone)
}

// takeDown starts a command that removes the sandbox, including this process.
// The command must not count as one of the sandbox's processes.
func (o Options) takeDown(ctx context.Context) error {
	cmd := exec.CommandContext(context.WithoutCancel(ctx), o.Executable, "down", "--name", o.Dir.Name) //nolint:gosec // the sandbox's own binary
	cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, teardown.EnvMarker+"=") })
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("take the sandbox down: %w", err)
	}
	return nil
}
