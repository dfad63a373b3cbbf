package watch

import (
	"cmp"
	"slices"
	"strings"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/zenml-installer/zenml-installer/install/diagnose"
	"github.com/zenml-installer/zenml-installer/install/event"
)

// heldJob is a Job whose own containers have ended while a container that was
// added to its pod keeps running, so that the Job never completes or fails.
func (v view) heldJob(j *batchv1.Job, pod *corev1.Pod) (observation, bool) {
	held := addedContainers(j, pod)
	if pod.Status.Phase != corev1.PodRunning || len(held) == 0 {
		return observation{}, false
	}
	for _, c := range j.Spec.Template.Spec.Containers {
		s, ok := containerStatus(pod, c.Name)
		if !ok || s.State.Terminated == nil {
			return observation{}, false
		}
		if s.State.Terminated.ExitCode != 0 {
			return v.failedHeldJob(j, pod, s.State.Terminated.Reason), true
		}
	}
	o := v.about("Job", j.Name, event.Waiting, diagnose.HeldBySidecar, "its pod does not end")
	return o.diagnosed(diagnose.Problem{Reason: diagnose.HeldBySidecar, Text: strings.Join(held, ", ")}), true
}

// failedHeldJob is a held Job whose own container has failed: the log has the cause.
func (v view) failedHeldJob(j *batchv1.Job, pod *corev1.Pod, reason string) observation {
	o := v.about("Job", j.Name, event.Failed, cmp.Or(reason, "Error"), "failed")
	o.fault, o.certain = jobFailed(j, pod)
	o.rule, o.logs = "job failed", pod
	return o
}

// addedContainers are the containers of a Job's pod that the Job does not ask for.
func addedContainers(j *batchv1.Job, pod *corev1.Pod) []string {
	var added []string
	for _, s := range pod.Status.ContainerStatuses {
		if s.State.Running != nil && !slices.ContainsFunc(j.Spec.Template.Spec.Containers, func(c corev1.Container) bool {
			return c.Name == s.Name
		}) {
			added = append(added, s.Name)
		}
	}
	return added
}

func containerStatus(pod *corev1.Pod, name string) (corev1.ContainerStatus, bool) {
	i := slices.IndexFunc(pod.Status.ContainerStatuses, func(s corev1.ContainerStatus) bool { return s.Name == name })
	if i < 0 {
		return corev1.ContainerStatus{}, false
	}
	return pod.Status.ContainerStatuses[i], true
}
