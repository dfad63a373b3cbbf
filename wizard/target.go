package wizard

import (
	"fmt"
	"strings"
	"time"

	"github.com/zenml-installer/zenml-installer/internal/display"
	"github.com/zenml-installer/zenml-installer/internal/kube"
	"github.com/zenml-installer/zenml-installer/wizard/narrate"
)

// Target describes the install's target, so that the user can confirm it.
type Target struct {
	Context  kube.Context
	Version  string // of Kubernetes: "v1.36.2"
	Nodes    int
	Provider string // "Amazon EKS", "k3s"; empty if unknown

	Namespace       string
	NamespaceExists bool
	Release         string
	Existing        *Existing // nil if the release name is free
	// Keys are the Secrets with generated keys of a previous install, by the key of the
	// answer that would generate one. The next install reuses them.
	Keys map[string]string
}

// Existing is a release that already has the name.
type Existing struct {
	Chart   string // "zenml 0.97.0"
	Status  string // Helm's: "deployed", "pending-install"
	Updated time.Time
	Note    string // what installing over it does, in one sentence
	// Unfinished releases were left by a run that was killed, or belong to one that
	// is still running.
	Unfinished bool
	// FirstRun is true if its first install has not succeeded, so that it is not in use.
	FirstRun bool
}

// Operation returns what an install does with the target.
func (t Target) Operation() narrate.Operation {
	return narrate.OperationOn(t.Existing != nil && !t.Existing.FirstRun)
}

// Fact is one line of a target's description.
type Fact struct{ Label, Text string }

// Facts describes the target, one fact per line.
func (t Target) Facts() []Fact {
	release := t.Release + ", new"
	if t.Existing != nil {
		release = fmt.Sprintf("%s, exists: %s, %s", t.Release, t.Existing.Chart, t.Existing.Status)
		if !t.Existing.Updated.IsZero() {
			release += " since " + t.Existing.Updated.Format("2 January 2006")
		}
	}
	var facts []Fact
	for _, f := range []Fact{
		{"Context", t.Context.Name},
		{"Server", t.Context.Server},
		{"User", t.Context.User},
		{"Cluster", t.kind()},
		{"Namespace", t.Namespace + existence(t.NamespaceExists)},
		{"Release", release},
	} {
		if f.Text != "" {
			facts = append(facts, f)
		}
	}
	return facts
}

// kind describes the cluster: provider, version and size.
func (t Target) kind() string {
	var parts []string
	if t.Provider != "" {
		parts = append(parts, t.Provider)
	}
	if t.Version != "" {
		parts = append(parts, "Kubernetes "+t.Version)
	}
	parts = append(parts, display.Count(t.Nodes, "node"))
	return strings.Join(parts, ", ")
}

func existence(there bool) string {
	if there {
		return ", exists"
	}
	return ", will be created"
}
