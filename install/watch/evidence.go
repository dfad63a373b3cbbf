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
	evidenceLines = 12              // log lines kept with a fault
	evidenceTime  = 4 * time.Second // what fetching them may take
)

// withEvidence gives a fault the last log lines of its pod, if it has one, and
// the cause that they name.
func (w *Watcher) withEvidence(ctx context.Context, o observation) *diagnose.Fault {
	return w.explain(ctx, o.fault, o.certain, o.logs)
}

// JobFault is the fault of a Job that has failed, with the log of its pod.
func (w *Watcher) JobFault(ctx context.Context, job *batchv1.Job) *diagnose.Fault {
	pod := w.lastPod(ctx, job)
	f, certain := jobFailed(job, pod)
	return w.explain(ctx, f, certain, pod)
}

// lastPod is the newest pod of a Job, or nil.
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

// PodFault is the fault of a hook that is a pod and has failed.
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

// lastLines returns the end of a log, without what says nothing.
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

// UnreadyLog is the end of what the first pod that is not ready has written.
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

// evidenceContext lets evidence be fetched although the run is ending.
func evidenceContext(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), evidenceTime)
}
