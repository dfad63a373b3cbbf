//go:build unix

package kube

import (
	"os/exec"
	"syscall"
)

// isolate puts a command into its own session, without a controlling terminal, and
// ends its whole process group when its context ends.
func isolate(cmd *exec.Cmd, detach bool) {
	if !detach {
		return
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
