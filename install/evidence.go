package install

import (
	"context"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const (
	evidenceLines = 12              // log lines kept with a fault
	evidenceTime  = 4 * time.Second // what fetching them may take
)

// withEvidence gives a fault the last log lines of its pod, and the cause that
// they name.
func (w *watcher) withEvidence(ctx context.Context, o observation) *Fault {
	if o.logs == nil {
		o.fault.Evidence = w.run.mask.lines(o.fault.Evidence)
		o.fault.Cause = w.run.mask.text(o.fault.Cause)
		return o.fault
	}
	return w.explain(ctx, o.fault, o.logs)
}

// jobFault is the fault of a Job that has failed, with the log of its pod.
func (w *watcher) jobFault(ctx context.Context, job *batchv1.Job) *Fault {
	reason := ""
	if c := jobCondition(job, batchv1.JobFailed); c != nil {
		reason = c.Reason
	}
	f := jobFailed(job, reason)
	ctx, cancel := evidenceContext(ctx)
	defer cancel()
	pods, err := w.run.client.CoreV1().Pods(job.Namespace).List(ctx, metav1.ListOptions{LabelSelector: "job-name=" + job.Name})
	if err != nil || len(pods.Items) == 0 {
		return f
	}
	newest := &pods.Items[0]
	for i := range pods.Items {
		if p := &pods.Items[i]; p.CreationTimestamp.After(newest.CreationTimestamp.Time) {
			newest = p
		}
	}
	return w.explain(ctx, f, newest)
}

// podFault is the fault of a hook that is a pod and has failed.
func (w *watcher) podFault(ctx context.Context, pod *corev1.Pod) *Fault {
	return w.explain(ctx, &Fault{
		Object: Object{Kind: "Pod", Namespace: pod.Namespace, Name: pod.Name},
		Cause:  "the pod failed", Remedy: "its last log lines say why",
	}, pod)
}

func (w *watcher) explain(ctx context.Context, f *Fault, pod *corev1.Pod) *Fault {
	ctx, cancel := evidenceContext(ctx)
	defer cancel()
	lines := w.logs.tail(ctx, pod)
	if len(lines) == 0 {
		return f
	}
	if known, ok := fromLog(lines); ok {
		f.Cause, f.Remedy = known.cause, known.remedy
	}
	f.Evidence = lines[max(0, len(lines)-evidenceLines):]
	return f
}

// unreadyLog is the end of what the first pod that is not ready has written.
func (w *watcher) unreadyLog() []string {
	v := w.view()
	for _, p := range v.pods {
		if v.pod(p).State != Ready {
			if lines := v.lines(p.UID); len(lines) > 0 {
				return lines[max(0, len(lines)-evidenceLines):]
			}
		}
	}
	return nil
}

// evidenceContext lets evidence be fetched although the run is ending.
func evidenceContext(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), evidenceTime)
}
