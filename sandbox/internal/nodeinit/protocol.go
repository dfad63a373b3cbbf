// Package nodeinit isolates a real node from the host: a first process in its own network, mount and process namespaces
// starts all others, and when it dies, the kernel removes everything with it.
package nodeinit

import "github.com/zenml-installer/zenml-installer/sandbox/internal/process"

// Command is the hidden subcommand that becomes the node's first process.
const Command = "node-init"

// Descriptors of the first process: requests come in, events go out.
const (
	requestsFD = 3
	eventsFD   = 4
)

// event is what the first process reports, one JSON object a line. Exactly one
// of its fields is set.
type event struct {
	Ready   bool          `json:"ready,omitempty"`
	Started *started      `json:"started,omitempty"`
	Exit    *process.Exit `json:"exit,omitempty"`
}

// started answers a request to start a process, with its id inside the
// namespaces or an error.
type started struct {
	PID   int    `json:"pid"`
	Error string `json:"error,omitempty"`
}
