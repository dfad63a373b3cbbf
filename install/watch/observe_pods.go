package watch

import (
	"cmp"
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/zenml-installer/zenml-installer/install/diagnose"
	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/internal/kubestatus"
)

// DescribePod returns in one line what a pod is waiting for.
func DescribePod(p *corev1.Pod) string {
	v := view{lines: func(types.UID) []string { return nil }}
	return v.pod(p).Message
}

// pod determines what a pod is waiting for, in this order: a node, volumes, the
// image, the container, readiness.
func (v view) pod(p *corev1.Pod) observation {
	switch p.Status.Phase {
	case corev1.PodSucceeded:
		return v.about("Pod", p.Name, event.Ready, "Completed", "completed")
	case corev1.PodFailed:
		return v.failedPod(p)
	}
	if c := kubestatus.PodCondition(p, corev1.PodScheduled); c != nil && c.Status == corev1.ConditionFalse {
		o := v.about("Pod", p.Name, event.Waiting, c.Reason, c.Message)
		o.Since = c.LastTransitionTime.Time
		return o.diagnosed(diagnose.Problem{Reason: c.Reason, Text: c.Message})
	}
	for _, s := range kubestatus.Containers(p) {
		if s.State.Waiting != nil && !starting[s.State.Waiting.Reason] {
			return v.waitingContainer(p, s)
		}
		if s.State.Terminated != nil && s.State.Terminated.ExitCode != 0 {
			return v.crashedContainer(p, s, "Crashed")
		}
	}
	switch {
	case kubestatus.Completed(p):
		return v.about("Pod", p.Name, event.Ready, "Completed", "completed")
	case len(heldBy(p)) > 0:
		return v.about("Pod", p.Name, event.Progressing, "Held", "completed, except "+strings.Join(heldBy(p), ", "))
	case !kubestatus.Running(p):
		return v.startingPod(p)
	}
	if c := kubestatus.PodCondition(p, corev1.PodReady); c != nil && c.Status == corev1.ConditionTrue {
		o := v.about("Pod", p.Name, event.Ready, "", "ready")
		o.Since = c.LastTransitionTime.Time
		return o
	}
	return v.unreadyPod(p)
}

// heldBy returns the containers that keep running after another one has completed.
func heldBy(p *corev1.Pod) []string {
	var running []string
	completed := false
	for _, s := range p.Status.ContainerStatuses {
		completed = completed || s.State.Terminated != nil
		if s.State.Running != nil {
			running = append(running, s.Name)
		}
	}
	if !completed {
		return nil
	}
	return running
}

// starting are the reasons of a container that is being created.
var starting = map[string]bool{"": true, "ContainerCreating": true, "PodInitializing": true}

// startingPod distinguishes a volume that cannot be mounted and an image that
// is being pulled from a container that is being created.
func (v view) startingPod(p *corev1.Pod) observation {
	trouble := v.newestEvent(p.UID, blocksStart)
	pulling := v.newestEvent(p.UID, func(e *corev1.Event) bool { return e.Reason == "Pulling" })
	pulled := v.newestEvent(p.UID, func(e *corev1.Event) bool { return e.Reason == "Pulled" })
	switch {
	case pulling != nil && (pulled == nil || kubestatus.EventTime(pulled).Before(kubestatus.EventTime(pulling))):
		o := v.about("Pod", p.Name, event.Progressing, "Pulling", "pulling "+v.image(p))
		o.Since = kubestatus.EventTime(pulling)
		return o
	case trouble != nil:
		o := v.about("Pod", p.Name, event.Waiting, trouble.Reason, trouble.Message)
		return o.diagnosed(diagnose.Problem{Reason: trouble.Reason, Text: trouble.Message})
	default:
		return v.about(
			"Pod",
			p.Name,
			event.Progressing,
			"ContainerCreating",
			strings.TrimSuffix("creating the container on node "+p.Spec.NodeName, " on node "),
		)
	}
}

// blocksStart reports whether an event means that a scheduled pod cannot start.
// Some of a kubelet's warnings are harmless, such as a missing cluster DNS.
func blocksStart(e *corev1.Event) bool {
	return strings.HasPrefix(e.Reason, "Failed") && e.Reason != "FailedScheduling" || e.Reason == "NetworkNotReady"
}

func (v view) waitingContainer(p *corev1.Pod, s corev1.ContainerStatus) observation {
	reason, text := s.State.Waiting.Reason, s.State.Waiting.Message
	if reason == "CrashLoopBackOff" {
		return v.crashedContainer(p, s, reason)
	}
	// A back-off message often omits the error of the first attempt.
	if e := v.newestEvent(p.UID, func(e *corev1.Event) bool { return e.Reason == "Failed" && longer(e.Message, "Error: ") }); e != nil {
		text = strings.TrimSpace(text + " " + e.Message)
	}
	o := v.about("Pod", p.Name, event.Waiting, reason, s.State.Waiting.Message)
	return o.diagnosed(diagnose.Problem{Reason: reason, Text: text, Image: s.Image})
}

// longer reports whether text contains more than "Error: ImagePullBackOff".
func longer(text, prefix string) bool {
	return len(strings.Fields(strings.TrimPrefix(text, prefix))) > 1
}

func (v view) crashedContainer(p *corev1.Pod, s corev1.ContainerStatus, reason string) observation {
	end := s.LastTerminationState.Terminated
	if s.State.Terminated != nil {
		end = s.State.Terminated
	}
	message := fmt.Sprintf("restarted %d times", s.RestartCount)
	pr := diagnose.Problem{Reason: reason, Restarts: s.RestartCount, Image: s.Image, Text: message}
	if end != nil {
		message = fmt.Sprintf("ended with %s (exit code %d), %s", cmp.Or(end.Reason, "Error"), end.ExitCode, message)
		pr.Ended, pr.Exit, pr.Text = end.Reason, end.ExitCode, message
		if said := strings.TrimSpace(end.Message); said != "" {
			pr.Text += ": " + said
		}
	}
	if line := v.lastLine(p.UID); line != "" {
		message += ": " + line
	}
	o := v.about("Pod", p.Name, event.Waiting, reason, message)
	o.logs = p
	return o.diagnosed(pr).diagnosedByLog(v.lines(p.UID))
}

// failedPod returns the observation of a pod that will not be restarted. The
// fault is its Job's, unless the pod itself is a hook.
func (v view) failedPod(p *corev1.Pod) observation {
	message := "failed"
	if end := ending(p); end.Text != "" {
		message = "ended with " + diagnose.Shorten(end.Text)
	}
	if line := v.lastLine(p.UID); line != "" {
		message += ": " + line
	}
	return v.about("Pod", p.Name, event.Failed, cmp.Or(p.Status.Reason, "Failed"), message)
}

func (v view) unreadyPod(p *corev1.Pod) observation {
	message, reason := "started, not ready yet", "NotReady"
	if e := v.newestEvent(p.UID, func(e *corev1.Event) bool { return e.Reason == "Unhealthy" }); e != nil {
		message, reason = "started, not ready yet: "+e.Message, "Unhealthy"
	}
	return v.about("Pod", p.Name, event.Progressing, reason, message)
}

func (v view) image(p *corev1.Pod) string {
	for _, c := range p.Spec.Containers {
		return c.Image
	}
	return "its image"
}
