package kubestatus

import (
	"slices"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// Completed reports whether all containers have succeeded, even if the pod's
// phase has not been updated.
func Completed(p *corev1.Pod) bool {
	return !slices.ContainsFunc(p.Status.ContainerStatuses, func(s corev1.ContainerStatus) bool {
		return s.State.Terminated == nil || s.State.Terminated.ExitCode != 0
	}) &&
		len(p.Status.ContainerStatuses) > 0
}

// Running reports whether all containers of a pod are running.
func Running(p *corev1.Pod) bool {
	return !slices.ContainsFunc(
		p.Status.ContainerStatuses,
		func(s corev1.ContainerStatus) bool { return s.State.Running == nil },
	) &&
		len(p.Status.ContainerStatuses) > 0
}

// Containers returns the status of every container, init containers first.
func Containers(p *corev1.Pod) []corev1.ContainerStatus {
	return append(slices.Clone(p.Status.InitContainerStatuses), p.Status.ContainerStatuses...)
}

// PodCondition returns a condition of a pod, or nil.
func PodCondition(p *corev1.Pod, kind corev1.PodConditionType) *corev1.PodCondition {
	for i := range p.Status.Conditions {
		if p.Status.Conditions[i].Type == kind {
			return &p.Status.Conditions[i]
		}
	}
	return nil
}

// Serving reports whether a pod accepts requests: it is ready and not
// terminating.
func Serving(p *corev1.Pod) bool {
	c := PodCondition(p, corev1.PodReady)
	return p.DeletionTimestamp == nil && p.Status.Phase == corev1.PodRunning && c != nil &&
		c.Status == corev1.ConditionTrue
}

// OwnedBy reports whether owner owns the object.
func OwnedBy(o metav1.Object, owner types.UID) bool {
	return slices.ContainsFunc(o.GetOwnerReferences(), func(r metav1.OwnerReference) bool { return r.UID == owner })
}

// JobCondition returns a true condition of a Job, or nil.
func JobCondition(job *batchv1.Job, kind batchv1.JobConditionType) *batchv1.JobCondition {
	for i := range job.Status.Conditions {
		if c := &job.Status.Conditions[i]; c.Type == kind && c.Status == corev1.ConditionTrue {
			return c
		}
	}
	return nil
}

// EventTime returns when an event was last seen.
func EventTime(e *corev1.Event) time.Time {
	switch {
	case e.Series != nil && !e.Series.LastObservedTime.IsZero():
		return e.Series.LastObservedTime.Time
	case !e.LastTimestamp.IsZero():
		return e.LastTimestamp.Time
	case !e.EventTime.IsZero():
		return e.EventTime.Time
	default:
		return e.CreationTimestamp.Time
	}
}
