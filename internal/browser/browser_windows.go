package browser

import (
	"context"
	"os/exec"
	"syscall"

	"github.com/cli/browser"
)

// openInSystem uses the shell, which returns at once.
func openInSystem(_ context.Context, url string) error { return browser.OpenURL(url) }

// detach puts a command into its own process group, because Ctrl-C on the
// console goes to the whole group of this program.
func detach(c *exec.Cmd) {
	c.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}
