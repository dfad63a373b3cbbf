package watch

import (
	"cmp"
	"fmt"
	"strings"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/zenml-installer/zenml-installer/install/diagnose"
	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/internal/kubestatus"
)

func (v view) failedJob(j *batchv1.Job, pod *corev1.Pod) observation {
	c := kubestatus.JobCondition(j, batchv1.JobFailed)
	o := v.about("Job", j.Name, event.Failed, c.Reason, "failed: "+c.Message)
	o.fault, o.certain = jobFailed(j, pod)
	o.rule, o.logs = "job failed", pod
	return o
}

// jobFailed returns the fault of a Job from its status and that of its last
// pod, which may be deleted, and whether they identify the cause.
func jobFailed(j *batchv1.Job, pod *corev1.Pod) (fault *diagnose.Fault, certain bool) {
	f := &diagnose.Fault{
		Object:  event.Object{Kind: "Job", Namespace: j.Namespace, Name: j.Name},
		Summary: "the job failed",
		Remedy:  diagnose.SeeLog,
	}
	if c := kubestatus.JobCondition(j, batchv1.JobFailed); c != nil {
		f.Evidence = []string{c.Reason + ": " + c.Message}
		if c.Reason == batchv1.JobReasonDeadlineExceeded {
			f.Summary, f.Remedy = "the job exceeded its own deadline", "raise the Job's activeDeadlineSeconds"
		}
	}
	return f, endedWith(f, pod)
}

// podFailed is jobFailed for a hook that is a pod.
func podFailed(pod *corev1.Pod) (fault *diagnose.Fault, certain bool) {
	f := &diagnose.Fault{
		Object:  event.Object{Kind: "Pod", Namespace: pod.Namespace, Name: pod.Name},
		Summary: "the pod failed",
		Remedy:  diagnose.SeeLog,
	}
	return f, endedWith(f, pod)
}

// endedWith adds how the pod ended. It reports whether that is a known problem:
// then it is the cause, whatever the log contains.
func endedWith(f *diagnose.Fault, pod *corev1.Pod) (certain bool) {
	p := ending(pod)
	d, certain := diagnose.FromProblem(p)
	if certain {
		f.Summary, f.Reason, f.Remedy = d.Summary, d.Reason, d.Remedy
	}
	if p.Text != "" {
		f.Evidence = append(f.Evidence, diagnose.Shorten(p.Text))
	}
	return certain
}

// ending returns how a pod that is not restarted ended: as a whole, for example
// by an eviction, or by one of its containers.
func ending(pod *corev1.Pod) diagnose.Problem {
	if pod == nil {
		return diagnose.Problem{}
	}
	if s := pod.Status; s.Reason != "" {
		return diagnose.Problem{Reason: s.Reason, Text: strings.TrimSuffix(s.Reason+": "+s.Message, ": ")}
	}
	for _, s := range kubestatus.Containers(pod) {
		if end := s.State.Terminated; end != nil && end.ExitCode != 0 {
			return diagnose.Problem{
				Reason: diagnose.JobEnded,
				Ended:  end.Reason,
				Exit:   end.ExitCode,
				Image:  s.Image,
				Text:   exit(end),
			}
		}
	}
	return diagnose.Problem{}
}

// exit describes how a container ended: "OOMKilled (exit code 137)".
func exit(end *corev1.ContainerStateTerminated) string {
	text := fmt.Sprintf("%s (exit code %d)", cmp.Or(end.Reason, "Error"), end.ExitCode)
	if message := strings.TrimSpace(end.Message); message != "" {
		text += ": " + message
	}
	return text
}
