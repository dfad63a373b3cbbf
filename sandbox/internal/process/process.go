// Package process starts the components of a sandbox and reports when they end.
package process

import (
	"bytes"
	"fmt"
	"os"
	"strings"
)

// Spec describes a process.
type Spec struct {
	// Name is the component's name.
	Name string `json:"name"`
	// Path is the executable; Args are its arguments without the name.
	Path string   `json:"path"`
	Args []string `json:"args"`
	// Env is added to the environment of the caller.
	Env []string `json:"env,omitempty"`
	// Log is the file that standard output and error are appended to.
	Log string `json:"log"`
}

// Exit reports that a process ended.
type Exit struct {
	Name   string `json:"name"`
	PID    int    `json:"pid"`
	Status string `json:"status"`
}

// Runner starts processes that do not outlive it.
type Runner interface {
	// Start starts a process and returns its id in the runner's namespace.
	Start(spec Spec) (int, error)
	// Exits delivers the end of each started process once.
	Exits() <-chan Exit
	// Close kills all processes and waits until they have ended.
	Close()
}

// Tail returns the last lines of a log, or why there are none.
func Tail(path string, lines int) string {
	data, err := os.ReadFile(path)
	if err != nil {
		return fmt.Sprintf("(no log: %v)", err)
	}
	data = bytes.TrimRight(data, "\n")
	if len(data) == 0 {
		return "(the log is empty)"
	}
	all := strings.Split(string(data), "\n")
	if len(all) > lines {
		all = all[len(all)-lines:]
	}
	return strings.Join(all, "\n")
}
