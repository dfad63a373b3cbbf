// Package nodeinit keeps a real node apart from the host: a first process in
// network, mount and process namespaces of its own starts all the others, and
// when it dies, however that happens, the kernel takes everything with it.
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
