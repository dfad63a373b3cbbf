// Package simnode simulates nodes: kwok changes the status of nodes and pods,
// and this package is the kubelet and the container runtime of the stand-in
// server.
package simnode

import "fmt"

// Annotations and labels that control simulated pods.
const (
	// Fault is an annotation or a label that users set on a pod: crash, oom or
	// pull-error.
	Fault = "sandbox.zenml.io/fault"
	// Outcome is set on stand-in pods: running, succeeded, failed, crash,
	// pull-error or config-error.
	Outcome = "sandbox.zenml.io/outcome"
	// Message explains an Outcome that is a fault.
	Message = "sandbox.zenml.io/message"
)

// standInImage is a jq test for images of the stand-in server, whose status comes from the server instead of kwok.
const standInImage = `(^|/)zenmldocker/zenml-server(:|@|$)`

// jq expressions over a pod.
var (
	jqStandIn = fmt.Sprintf(`.spec.containers.[].image | select(test(%q))`, standInImage)
	jqOutcome = fmt.Sprintf(`.metadata.annotations[%q]`, Outcome)
	jqFault   = fmt.Sprintf(`(.metadata.annotations[%q] // .metadata.labels[%q])`, Fault, Fault)
)

const (
	jqDeleted = ".metadata.deletionTimestamp"
	jqPhase   = ".status.phase"
	jqOwner   = ".metadata.ownerReferences.[].kind"
)

// match is one condition of a stage.
type match struct {
	key, operator string
	values        []string
}

func missing(key string) match                   { return match{key, "DoesNotExist", nil} }
func isOneOf(key string, values ...string) match { return match{key, "In", values} }

// podStage is a stage of a pod: when it applies and the status that it sets.
type podStage struct {
	name  string
	when  []match
	phase string
	ready bool
	// state and last are templates of a container's state and last state.
	state, last string
	restarts    int
}

const (
	running    = `running: {startedAt: {{ Now | Quote }}}`
	completed  = `terminated: {exitCode: 0, reason: Completed, startedAt: {{ Now | Quote }}, finishedAt: {{ Now | Quote }}}`
	failedExit = `terminated: {exitCode: 1, reason: Error, startedAt: {{ Now | Quote }}, finishedAt: {{ Now | Quote }}}`
	oomExit    = `terminated: {exitCode: 137, reason: OOMKilled, startedAt: {{ Now | Quote }}, finishedAt: {{ Now | Quote }}}`
	backOff    = `waiting: {reason: CrashLoopBackOff, message: "back-off 40s restarting failed container"}`
	noImage    = `waiting: {reason: ImagePullBackOff, message: {{ printf "Back-off pulling image %q: not found" $container.image | Quote }}}`
	noConfig   = `waiting: {reason: CreateContainerConfigError, message: {{ index $root.metadata.annotations "` + Message + `" | Quote }}}`
)

// podStages are the stages of simulated pods.
func podStages() []podStage {
	pending, other, healthy := isOneOf(jqPhase, "Pending"), missing(jqStandIn), missing(jqFault)
	outcome := func(value string) []match { return []match{pending, missing(jqFault), isOneOf(jqOutcome, value)} }
	return []podStage{
		{name: "pod-running", when: []match{pending, other, healthy}, phase: "Running", ready: true, state: running},
		{
			name:  "pod-completed",
			when:  []match{isOneOf(jqPhase, "Running"), other, healthy, isOneOf(jqOwner, "Job")},
			phase: "Succeeded",
			state: completed,
		},
		{
			name:     "pod-crashing",
			when:     []match{pending, isOneOf(jqFault, "crash")},
			phase:    "Running",
			state:    backOff,
			last:     failedExit,
			restarts: 3,
		},
		{
			name:     "pod-out-of-memory",
			when:     []match{pending, isOneOf(jqFault, "oom")},
			phase:    "Running",
			state:    backOff,
			last:     oomExit,
			restarts: 3,
		},
		{
			name:  "pod-without-image",
			when:  []match{pending, isOneOf(jqFault, "pull-error")},
			phase: "Pending",
			state: noImage,
		},
		{name: "stand-in-running", when: outcome("running"), phase: "Running", ready: true, state: running},
		{name: "stand-in-succeeded", when: outcome("succeeded"), phase: "Succeeded", state: completed},
		{name: "stand-in-failed", when: outcome("failed"), phase: "Failed", state: failedExit},
		{
			name:     "stand-in-crashing",
			when:     outcome("crash"),
			phase:    "Running",
			state:    backOff,
			last:     failedExit,
			restarts: 3,
		},
		{name: "stand-in-without-image", when: outcome("pull-error"), phase: "Pending", state: noImage},
		{name: "stand-in-without-configuration", when: outcome("config-error"), phase: "Pending", state: noConfig},
	}
}
