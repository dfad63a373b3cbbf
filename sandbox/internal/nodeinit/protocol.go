// Package nodeinit isolates a real node from the host: a first process in its
// own network, mount and process namespaces starts all others. When it dies,
// the kernel removes everything with it.
package nodeinit

import "github.com/zenml-installer/zenml-installer/sandbox/internal/process"

// Command is the hidden subcommand that becomes the node's first process.
const Command = "node-init"

// File descriptors of the first process, for requests and events.
const (
	requestsFD = 3
	eventsFD   = 4
)

// event is a report of the first process, one JSON object per line. Exactly one
// of its fields is set.
type event struct {
	Ready   bool          `json:"ready,omitempty"`
	Started *started      `json:"started,omitempty"`
	Exit    *process.Exit `json:"exit,omitempty"`
}

// started is the response to a request to start a process: its id in the
// namespaces, or an error.
type started struct {
	PID   int    `json:"pid"`
	Error string `json:"error,omitempty"`
}
