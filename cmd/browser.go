package cmd

import (
	"context"
	"fmt"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

// canOpen tells whether a browser that opens would be seen by the person: not
// over SSH, and on Linux only with a display. A named $BROWSER always counts.
func canOpenBrowser(s Streams) bool {
	set := func(name string) bool { v, _ := s.Getenv(name); return v != "" }
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

// openURL opens a page in the browser that $BROWSER names (a command, the
// address goes in place of %s or at the end), else in the system's own. It
// returns once the browser has been started.
func openURL(ctx context.Context, s Streams, url string) error {
	if named, _ := s.Getenv("BROWSER"); strings.TrimSpace(named) != "" {
		if err := startBrowser(ctx, withURL(strings.Fields(named), url)); err != nil {
			return fmt.Errorf("$BROWSER did not open the page: %w", err)
		}
		return nil
	}
	if err := openInSystemBrowser(ctx, url); err != nil {
		return fmt.Errorf("the browser did not open: %w", err)
	}
	return nil
}

// withURL puts the address in place of %s, or at the end.
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

// earlyEnd is how long a browser is watched for an end with an error; one that
// cannot open the page ends at once.
const earlyExitWindow = time.Second

// startBrowser starts a command that may end at once or stay as long as the
// browser does. It outlives us, and an interrupt that is meant for us does not
// reach it. What it prints does not run into our screens.
func startBrowser(ctx context.Context, command []string) error {
	c := exec.CommandContext(context.WithoutCancel(ctx), command[0], command[1:]...) //nolint:gosec // the user names the browser
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
