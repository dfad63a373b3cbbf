//go:build unix

package browser

import (
	"context"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
)

// openers are commands that open the system's browser, if they are installed.
var openers = []string{"xdg-open", "x-www-browser", "www-browser", "wslview"}

func openInSystem(ctx context.Context, url string) error {
	if runtime.GOOS == "darwin" {
		return start(ctx, []string{"open", url})
	}
	for _, opener := range openers {
		if path, err := exec.LookPath(opener); err == nil {
			return start(ctx, []string{path, url})
		}
	}
	return &exec.Error{Name: strings.Join(openers, ", "), Err: exec.ErrNotFound}
}

// detach puts a command into its own process group, because Ctrl-C on the
// terminal goes to the whole group of this program.
func detach(c *exec.Cmd) { c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
