package cmd

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// watchArguments reads the command lines of all processes until the returned
// function is called, which returns one that contains a canary.
func watchArguments(t *testing.T, canaries []string) func() string {
	t.Helper()
	stop, found := make(chan struct{}), make(chan string, 1)
	go func() {
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				found <- ""
				return
			case <-tick.C:
				if line := withCanary(canaries); line != "" {
					found <- line
					return
				}
			}
		}
	}()
	return func() string {
		close(stop)
		return <-found
	}
}

func withCanary(canaries []string) string {
	lines, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, line := range lines {
		data, err := os.ReadFile(line)
		if err != nil {
			continue // the process has ended
		}
		for _, canary := range canaries {
			if strings.Contains(string(data), canary) {
				return line
			}
		}
	}
	return ""
}
