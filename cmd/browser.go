package cmd

import (
	"context"
	"fmt"
	"io"
	"os/exec"
	"runtime"
	"strings"

	"github.com/cli/browser"
)

// canOpen tells whether a browser that opens would be seen by the person: not
// over SSH, and on Linux only with a display. A named $BROWSER always counts.
func canOpen(s Streams) bool {
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
		return startBrowser(ctx, strings.Fields(named), url)
	}
	if err := browser.OpenURL(url); err != nil {
		return fmt.Errorf("the browser did not open: %w", err)
	}
	return nil
}

func startBrowser(ctx context.Context, command []string, url string) error {
	placed := false
	for i, word := range command {
		if strings.Contains(word, "%s") {
			command[i], placed = strings.ReplaceAll(word, "%s", url), true
		}
	}
	if !placed {
		command = append(command, url)
	}
	c := exec.CommandContext(context.WithoutCancel(ctx), command[0], command[1:]...) //nolint:gosec // the user names the browser
	if err := c.Start(); err != nil {
		return fmt.Errorf("$BROWSER did not start: %w", err)
	}
	go func() { _ = c.Wait() }()
	return nil
}

func init() {
	// What a browser prints must not run into our screens.
	browser.Stdout, browser.Stderr = io.Discard, io.Discard
}
