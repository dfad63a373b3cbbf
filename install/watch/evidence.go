package watch

import (
	"context"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/install/diagnose"
	"github.com/zenml-installer/zenml-installer/install/event"
)

const (
	evidenceLines = 12              // log lines in a fault
	evidenceTime  = 4 * time.Second // timeout for fetching them
)

// withEvidence adds the last log lines of a fault's pod, if any, and the cause
// that they name.
func (w *Watcher) withEvidence(ctx context.Context, o observation) *diagnose.Fault {
	return w.explain(ctx, o.fault, o.certain, o.logs)
}

// JobFault returns the fault of a failed Job, with the log of its pod.
func (w *Watcher) JobFault(ctx context.Context, job *batchv1.Job) *diagnose.Fault {
	pod := w.lastPod(ctx, job)
	f, certain := jobFailed(job, pod)
	return w.explain(ctx, f, certain, pod)
}

// lastPod returns the newest pod of a Job, or nil.
func (w *Watcher) lastPod(ctx context.Context, job *batchv1.Job) *corev1.Pod {
	ctx, cancel := evidenceContext(ctx)
	defer cancel()
	pods, err := w.Client.CoreV1().
		Pods(job.Namespace).
		List(ctx, metav1.ListOptions{LabelSelector: "job-name=" + job.Name})
	if err != nil {
		return nil
	}
	var newest *corev1.Pod
	for i := range pods.Items {
		if p := &pods.Items[i]; newest == nil || p.CreationTimestamp.After(newest.CreationTimestamp.Time) {
			newest = p
		}
	}
	return newest
}

// PodFault returns the fault of a failed hook that is a pod.
func (w *Watcher) PodFault(ctx context.Context, pod *corev1.Pod) *diagnose.Fault {
	f, certain := podFailed(pod)
	return w.explain(ctx, f, certain, pod)
}

func (w *Watcher) explain(ctx context.Context, f *diagnose.Fault, certain bool, pod *corev1.Pod) *diagnose.Fault {
	lines := w.logOf(ctx, pod)
	if d, ok := diagnose.FromLog(lines); ok && !certain {
		f.Summary, f.Reason, f.Remedy = d.Summary, d.Reason, d.Remedy
	} else if f.Remedy == diagnose.SeeLog && f.Reason == "" {
		f.Reason = diagnose.LastLine(lines)
	}
	if f.Remedy == diagnose.SeeLog && len(lines) == 0 {
		f.Remedy = "it has no log; run: kubectl get events -n " + f.Object.Namespace
	}
	f.Summary, f.Reason = w.Redactor.Text(f.Summary), w.Redactor.Text(f.Reason)
	f.Evidence = w.Redactor.Lines(append(f.Evidence, lastLines(lines)...))
	return f
}

// lastLines returns the last meaningful lines of a log.
func lastLines(lines []string) []string {
	plain := diagnose.Plain(lines)
	return plain[max(0, len(plain)-evidenceLines):]
}

func (w *Watcher) logOf(ctx context.Context, pod *corev1.Pod) []string {
	if pod == nil {
		return nil
	}
	ctx, cancel := evidenceContext(ctx)
	defer cancel()
	return w.logs.tail(ctx, pod)
}

// UnreadyLog returns the last log lines of the first pod that is not ready.
func (w *Watcher) UnreadyLog() []string {
	v := w.view()
	for _, p := range v.pods {
		if v.pod(p).State != event.Ready {
			if lines := lastLines(v.lines(p.UID)); len(lines) > 0 {
				return w.Redactor.Lines(lines)
			}
		}
	}
	return nil
}

// evidenceContext allows fetching evidence although the run is ending.
func evidenceContext(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), evidenceTime)
}
