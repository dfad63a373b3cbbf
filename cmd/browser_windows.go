package cmd

import (
	"context"
	"os/exec"
	"syscall"

	"github.com/cli/browser"
)

// openInSystemBrowser asks the shell, which returns at once.
func openInSystemBrowser(_ context.Context, url string) error { return browser.OpenURL(url) }

// standApart gives a command a process group of its own: Ctrl-C on the console
// goes to the whole of ours.
func standApart(c *exec.Cmd) {
	c.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}
