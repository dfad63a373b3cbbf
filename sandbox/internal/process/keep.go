package process

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
)

// Keep runs a program without a lifeline as the child of this process, and returns its exit code. The program ends with
// this process.
func Keep(args []string) int {
	if len(args) == 0 {
		fmt.Fprintln(os.Stderr, "the supervisor starts this command, with a program to run")
		return 2
	}
	runtime.LockOSThread()                        // the kernel kills the child when the thread that started it ends
	command := exec.Command(args[0], args[1:]...) //nolint:gosec,noctx // one of the supervisor's components
	command.Stdout, command.Stderr = os.Stdout, os.Stderr
	command.SysProcAttr = endWithParent()
	if err := command.Start(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	followLifeline(func() {
		_ = command.Process.Kill()
		os.Exit(1)
	})
	_ = command.Wait()
	return command.ProcessState.ExitCode()
}
