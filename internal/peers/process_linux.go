package peers

import (
	"os/exec"
	"syscall"
)

// ownProcess ends a peer with the test process, also when that is killed.
func ownProcess(c *exec.Cmd) { c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
