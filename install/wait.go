package install

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	helmkube "helm.sh/helm/v3/pkg/kube"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/cli-runtime/pkg/resource"

	"github.com/zenml-installer/zenml-installer/install/diagnose"
	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/internal/kubestatus"
	"github.com/zenml-installer/zenml-installer/internal/poll"
)

const (
	pollEvery = 500 * time.Millisecond // Helm polls every 2 s
	patience  = 30 * time.Second       // how long the API server may return errors during a wait
)

// helmWaiter waits for Helm until its context is done.
type helmWaiter struct {
	run *run
	ctx context.Context
}

func (w *helmWaiter) proceed() error { return context.Cause(w.ctx) }

func (w *helmWaiter) kept(o event.Object) {
	w.run.Emit(event.Notice{Text: fmt.Sprintf("PersistentVolumeClaim %s exists and is kept with its data", o.Name)})
}

func (w *helmWaiter) hooks(resources helmkube.ResourceList) error {
	for _, info := range resources {
		kind := kindOf(info)
		if kind != "Job" && kind != "Pod" {
			continue // complete when created, as for Helm
		}
		err := pollPatiently(w.ctx, func() (bool, error) { return w.hookDone(kind, info) })
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *helmWaiter) hookDone(kind string, info *resource.Info) (bool, error) {
	if kind == "Job" {
		job, err := w.run.client.BatchV1().Jobs(info.Namespace).Get(w.ctx, info.Name, metav1.GetOptions{})
		if err != nil {
			return false, err
		}
		if kubestatus.JobCondition(job, batchv1.JobFailed) != nil {
			return false, w.failed(w.run.watch.JobFault(w.ctx, job))
		}
		return kubestatus.JobCondition(job, batchv1.JobComplete) != nil, nil
	}
	pod, err := w.run.client.CoreV1().Pods(info.Namespace).Get(w.ctx, info.Name, metav1.GetOptions{})
	if err != nil {
		return false, err
	}
	if pod.Status.Phase == corev1.PodFailed {
		return false, w.failed(w.run.watch.PodFault(w.ctx, pod))
	}
	return pod.Status.Phase == corev1.PodSucceeded, nil
}

// failed ends the run with a fault found while waiting, before Helm deletes the
// hook and its logs.
func (w *helmWaiter) failed(f *diagnose.Fault) error {
	w.run.fail(f)
	return &endOfWait{f}
}

func (w *helmWaiter) ready(resources helmkube.ResourceList, withJobs bool) error {
	w.run.watch.Applied()
	checker := helmkube.NewReadyChecker(
		w.run.client,
		discard,
		helmkube.PausedAsReady(true),
		helmkube.CheckJobs(withJobs),
	)
	return pollPatiently(w.ctx, func() (bool, error) {
		for _, info := range resources {
			if ready, err := checker.IsReady(w.ctx, info); err != nil || !ready {
				return false, err
			}
		}
		return true, nil
	})
}

func (w *helmWaiter) gone(resources helmkube.ResourceList) error {
	return waitGone(w.ctx, resources, w.run.Emit)
}

// endOfWait is an error that ends a wait at once.
type endOfWait struct{ error }

func (e *endOfWait) Unwrap() error { return e.error }

// pollPatiently calls ask until it returns true, ctx is done, or errors
// persist. An error that a retry cannot fix ends it at once.
func pollPatiently(ctx context.Context, ask func() (bool, error)) error {
	var failingSince time.Time
	return poll.Until(ctx, pollEvery, func() (bool, error) {
		done, err := ask()
		if err == nil {
			failingSince = time.Time{}
			return done, nil
		}
		if failingSince.IsZero() {
			failingSince = time.Now()
		}
		if final(err) || time.Since(failingSince) > patience {
			return false, err
		}
		return false, nil
	})
}

func final(err error) bool {
	var end *endOfWait
	if errors.As(err, &end) {
		return true
	}
	var status apierrors.APIStatus
	if !errors.As(err, &status) {
		return false
	}
	switch code := status.Status().Code; code {
	case 0, http.StatusTooManyRequests, http.StatusNotFound, http.StatusConflict:
		return false
	default:
		return code < http.StatusInternalServerError
	}
}

// await runs a function that takes no context and returns when it has ended or
// ctx is done; then its result is lost.
func await(ctx context.Context, do func() error) error {
	done := make(chan error, 1)
	go func() { done <- do() }()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case err := <-done:
		return err
	}
}
