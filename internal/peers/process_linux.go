package peers

import (
	"os/exec"
	"syscall"
)

// ownProcess lets a peer end with the test process, however that ends.
func ownProcess(c *exec.Cmd) { c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
