//go:build unix

package cmd

import (
	"context"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
)

// openers are the commands that lead to the system's browser, where they are
// installed.
var openers = []string{"xdg-open", "x-www-browser", "www-browser", "wslview"}

func openInSystemBrowser(ctx context.Context, url string) error {
	if runtime.GOOS == "darwin" {
		return startBrowser(ctx, []string{"open", url})
	}
	for _, opener := range openers {
		if path, err := exec.LookPath(opener); err == nil {
			return startBrowser(ctx, []string{path, url})
		}
	}
	return &exec.Error{Name: strings.Join(openers, ", "), Err: exec.ErrNotFound}
}

// standApart gives a command a process group of its own: Ctrl-C on the
// terminal goes to the whole of ours.
func detach(c *exec.Cmd) { c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
