package install

import (
	"fmt"
	"strings"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
)

func (v view) failedJob(j *batchv1.Job, pod *corev1.Pod) observation {
	c := jobCondition(j, batchv1.JobFailed)
	o := v.about("Job", j.Name, Failed, c.Reason, "failed: "+c.Message)
	o.fault, o.rule, o.logs = jobFailed(j, pod), "job failed", pod
	return o
}

// jobFailed is the fault of a Job as its status and that of its last pod tell
// it; the pod may be gone.
func jobFailed(j *batchv1.Job, pod *corev1.Pod) *Fault {
	f := &Fault{Object: Object{Kind: "Job", Namespace: j.Namespace, Name: j.Name}, Cause: "the job failed", Remedy: itsLog}
	if c := jobCondition(j, batchv1.JobFailed); c != nil {
		f.Evidence = []string{c.Reason + ": " + c.Message}
		if c.Reason == batchv1.JobReasonDeadlineExceeded {
			f.Cause, f.Remedy = "the job ran out of its own time", "give it a longer activeDeadlineSeconds"
		}
	}
	return f.endedWith(pod)
}

// podFailed is the fault of a hook that is a pod.
func podFailed(pod *corev1.Pod) *Fault {
	f := &Fault{Object: Object{Kind: "Pod", Namespace: pod.Namespace, Name: pod.Name}, Cause: "the pod failed", Remedy: itsLog}
	return f.endedWith(pod)
}

// endedWith adds how the pod has ended; where the table names that, it is the
// cause, whatever the log says.
func (f *Fault) endedWith(pod *corev1.Pod) *Fault {
	p := ending(pod)
	if named := judge(observation{}, p).fault; named != nil {
		f.Cause, f.Remedy, f.certain = named.Cause, named.Remedy, true
	}
	if p.text != "" {
		f.Evidence = append(f.Evidence, short(p.text))
	}
	return f
}

// ending is how a pod that is not started again has ended: as a whole, as by
// an eviction, or by one of its containers.
func ending(pod *corev1.Pod) problem {
	if pod == nil {
		return problem{}
	}
	if s := pod.Status; s.Reason != "" {
		return problem{reason: s.Reason, text: strings.TrimSuffix(s.Reason+": "+s.Message, ": ")}
	}
	for _, s := range statuses(pod) {
		if end := s.State.Terminated; end != nil && end.ExitCode != 0 {
			return problem{reason: jobEnded, ended: end.Reason, exit: end.ExitCode, image: s.Image, text: exit(end)}
		}
	}
	return problem{}
}

// exit says how a container has ended: "OOMKilled (exit code 137)".
func exit(end *corev1.ContainerStateTerminated) string {
	text := fmt.Sprintf("%s (exit code %d)", orWord(end.Reason, "Error"), end.ExitCode)
	if message := strings.TrimSpace(end.Message); message != "" {
		text += ": " + message
	}
	return text
}
