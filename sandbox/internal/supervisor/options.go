// Package supervisor starts a sandbox and owns everything in it until it ends.
package supervisor

import (
	"time"

	"github.com/zenml-installer/zenml-installer/sandbox/internal/database"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/state"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/zenmlimage"
)

// Command is the hidden subcommand that becomes a supervisor.
const Command = "supervisor"

// Options configure a sandbox.
type Options struct {
	Dir state.Dir `json:"dir"`
	// Nodes is state.NodesReal or state.NodesSimulated.
	Nodes string `json:"nodes"`
	// Count is the number of simulated nodes.
	Count int `json:"count"`
	// Database is the server to run; an empty kind means none.
	Database database.Engine `json:"database"`
	// Servers are images of the real ZenML server.
	Servers []*zenmlimage.Server `json:"servers,omitempty"`
	// RealByDefault gives the real servers the published name, which otherwise
	// belongs to a stand-in of the same version.
	RealByDefault bool `json:"realByDefault,omitempty"`
	// Upstream lets nodes pull images that the sandbox's registry lacks from
	// the registry in the image's name.
	Upstream bool `json:"upstream"`
	// HTTPS installs cert-manager, an ACME server and an ingress controller.
	HTTPS bool `json:"https,omitempty"`
	// Owner is a process; when it ends, the sandbox is removed. 0 for none.
	Owner int `json:"owner,omitempty"`
	// Timeout limits the time until the sandbox is ready.
	Timeout time.Duration `json:"timeout"`
	// Executable is the sandbox's own binary. The stand-in server's is in the same folder.
	Executable string `json:"executable"`
	// KubernetesVersion is recorded as the version of the cluster.
	KubernetesVersion string `json:"kubernetesVersion"`
}

// Progress is a message of a starting supervisor, one JSON object per line. The
// last one has Ready or an Error.
type Progress struct {
	Message string `json:"message,omitempty"`
	Ready   bool   `json:"ready,omitempty"`
	Error   string `json:"error,omitempty"`
}

func (o Options) real() bool { return o.Nodes == state.NodesReal }
