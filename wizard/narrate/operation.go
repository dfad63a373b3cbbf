package narrate

import "strings"

// Operation is what a run does with the release, as people read it.
type Operation string

// The operations.
const (
	Install Operation = "install"
	Upgrade Operation = "upgrade"
)

// OperationOn returns Upgrade for a release that is in use, and Install otherwise.
func OperationOn(inUse bool) Operation {
	if inUse {
		return Upgrade
	}
	return Install
}

// Verb begins a sentence or a choice: "Upgrade".
func (o Operation) Verb() string { return strings.ToUpper(string(o[:1])) + string(o[1:]) }

// Past is what was done: "upgraded".
func (o Operation) Past() string { return strings.TrimSuffix(string(o), "e") + "ed" }

// Doing is what is being done: "upgrading".
func (o Operation) Doing() string { return strings.TrimSuffix(string(o), "e") + "ing" }

// On says what is done to a release in a context: "Install into kind-dev",
// "Upgrade zenml-server in kind-dev".
func (o Operation) On(release, context string) string {
	if o == Upgrade {
		return "Upgrade " + release + " in " + context
	}
	return "Install into " + context
}
