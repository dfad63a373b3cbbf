// Package browser opens pages in the user's browser.
package browser

import (
	"context"
	"fmt"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

// Getenv returns an environment variable, and whether it is set.
type Getenv func(name string) (string, bool)

// Visible reports whether the user would see an opened browser: not over SSH, and
// on Linux only with a display. If $BROWSER is set, it always returns true.
func Visible(getenv Getenv) bool {
	set := func(name string) bool { v, _ := getenv(name); return v != "" }
	switch {
	case set("BROWSER"):
		return true
	case set("SSH_CONNECTION"):
		return false
	case runtime.GOOS == "linux":
		return set("DISPLAY") || set("WAYLAND_DISPLAY")
	}
	return true
}

// SSHForward returns the command that forwards a port of this machine to the user's
// own machine, or "" if this is no SSH session.
func SSHForward(getenv Getenv, port int) string {
	session, _ := getenv("SSH_CONNECTION") // "client port server port"
	ends := strings.Fields(session)
	if len(ends) != 4 {
		return ""
	}
	login, _ := getenv("USER")
	if login != "" {
		login += "@"
	}
	flags := ""
	if ends[3] != "22" {
		flags = " -p " + ends[3]
	}
	return fmt.Sprintf("ssh%s -N -L %d:127.0.0.1:%d %s%s", flags, port, port, login, ends[2])
}

// Open opens a page with the command in $BROWSER (the URL replaces %s or is
// appended), or in the system's browser. It returns when the browser has
// started.
func Open(ctx context.Context, getenv Getenv, url string) error {
	if named, _ := getenv("BROWSER"); strings.TrimSpace(named) != "" {
		if err := start(ctx, withURL(strings.Fields(named), url)); err != nil {
			return fmt.Errorf("cannot open the page with $BROWSER: %w", err)
		}
		return nil
	}
	if err := openInSystem(ctx, url); err != nil {
		return fmt.Errorf("cannot open a browser: %w", err)
	}
	return nil
}

// withURL replaces %s by the URL, or appends it.
func withURL(command []string, url string) []string {
	placed := false
	for i, word := range command {
		if strings.Contains(word, "%s") {
			command[i], placed = strings.ReplaceAll(word, "%s", url), true
		}
	}
	if !placed {
		command = append(command, url)
	}
	return command
}

// earlyExitWindow is how long start waits for an error: a browser that
// cannot open the page exits at once.
const earlyExitWindow = time.Second

// start starts a browser command, which may exit at once or keep
// running. The browser survives this process and its interrupts, and its output
// is discarded.
func start(ctx context.Context, command []string) error {
	detached := context.WithoutCancel(ctx)
	c := exec.CommandContext(detached, command[0], command[1:]...) //nolint:gosec // the user chooses the browser
	detach(c)
	if err := c.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	select {
	case err := <-ended:
		if err != nil {
			return fmt.Errorf("%s: %w", command[0], err)
		}
	case <-time.After(earlyExitWindow):
	case <-ctx.Done():
	}
	return nil
}
