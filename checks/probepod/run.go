package probepod

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/release"
	"github.com/zenml-installer/zenml-installer/internal/poll"
)

const (
	// probeLimit is the time limit of the pod, including the image pull.
	probeLimit = 100 * time.Second
	// removeLimit is the time limit of the removal.
	removeLimit = 15 * time.Second
	// staleAge is the age from which another run's objects are leftovers:
	// longer than the time limits of a pod and of its removal.
	staleAge = 3 * time.Minute
	// abandonedAfter is how long a terminated pod can belong to a live run.
	abandonedAfter = 30 * time.Second
	// accountLimit is the time limit for the default ServiceAccount of a new
	// namespace.
	accountLimit = 10 * time.Second
)

// run creates the objects, waits for the container and returns its log.
func (p *probePod) run(ctx context.Context) (log string, err error) {
	ctx, cancel := context.WithTimeout(ctx, probeLimit)
	defer cancel()
	if err := p.create(ctx); err != nil {
		return "", err
	}
	if err := p.await(ctx); err != nil {
		return "", err
	}
	text, err := p.client.CoreV1().Pods(p.env.Namespace()).GetLogs(p.pod.Name,
		&corev1.PodLogOptions{Container: containerName}).DoRaw(ctx)
	if apierrors.IsForbidden(err) {
		return "", check.Skip("you cannot read the log of pod %s", p.pod.Name)
	}
	return string(text), check.KubeError(err)
}

// notCreated skips the check if the API server denies an object or a webhook must
// approve it and does not answer, which cluster.permissions and cluster.admission
// report.
func notCreated(err error, kind string) error {
	if name, reason, down := check.WebhookDown(err); down {
		return check.Skip("the admission webhook %s blocks the probe %s: %s; see cluster.admission", name, kind, reason)
	}
	if apierrors.IsForbidden(err) || apierrors.IsInvalid(err) {
		return check.Skip("the API server denies the probe %s: %v", kind, err)
	}
	return err
}

// create creates the objects. The Secret has an owner from the start, in case
// this program is killed: the deadline, otherwise the pod.
func (p *probePod) create(ctx context.Context) error {
	if err := p.createAccount(ctx); err != nil {
		return err
	}
	p.deadline = p.createDeadline(ctx)
	if p.deadline == nil {
		if err := p.createPod(ctx); err != nil {
			return err
		}
		return p.createSecret(
			ctx,
			metav1.OwnerReference{APIVersion: "v1", Kind: "Pod", Name: p.pod.Name, UID: p.pod.UID},
		)
	}
	owner := metav1.OwnerReference{APIVersion: "batch/v1", Kind: "Job", Name: p.deadline.Name, UID: p.deadline.UID}
	if err := p.createSecret(ctx, owner); err != nil {
		return err
	}
	p.pod.OwnerReferences = []metav1.OwnerReference{owner}
	return p.createPod(ctx)
}

func (p *probePod) createPod(ctx context.Context) error {
	var made *corev1.Pod
	limited, cancel := context.WithTimeout(ctx, accountLimit)
	defer cancel()
	err := ctx.Err()
	_ = poll.Until(limited, 100*time.Millisecond, func() (bool, error) {
		made, err = p.client.CoreV1().Pods(p.env.Namespace()).Create(ctx, p.pod, metav1.CreateOptions{})
		return !p.awaitsAccount(err), nil
	})
	if err != nil {
		return notCreated(err, "pod")
	}
	p.pod = made
	return nil
}

// awaitsAccount reports whether the pod is denied because the namespace is so new that
// it has no default ServiceAccount yet.
func (p *probePod) awaitsAccount(err error) bool {
	return apierrors.IsForbidden(err) && p.pod.Spec.ServiceAccountName == release.DefaultAccount &&
		strings.Contains(err.Error(), `serviceaccount "`+release.DefaultAccount+`" not found`)
}

func (p *probePod) createSecret(ctx context.Context, owner metav1.OwnerReference) error {
	if p.secret == nil {
		return nil
	}
	p.secret.OwnerReferences = []metav1.OwnerReference{owner}
	_, err := p.client.CoreV1().Secrets(p.env.Namespace()).Create(ctx, p.secret, metav1.CreateOptions{})
	return notCreated(err, "Secret")
}

// await polls until the container has terminated or cannot start.
func (p *probePod) await(ctx context.Context) error {
	ticker := time.NewTicker(250 * time.Millisecond)
	defer ticker.Stop()
	var last *corev1.Pod
	for {
		pod, err := p.client.CoreV1().Pods(p.env.Namespace()).Get(ctx, p.pod.Name, metav1.GetOptions{})
		switch {
		case err == nil:
			last = pod
			if done, err := p.checkPod(ctx, pod); done || err != nil {
				return err
			}
		case ctx.Err() == nil:
			return fmt.Errorf("pod %s: %w", p.pod.Name, err)
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return p.timedOut(ctx, last)
		}
	}
}

// checkPod reports whether the container has terminated, or why it cannot start.
func (p *probePod) checkPod(ctx context.Context, pod *corev1.Pod) (done bool, err error) {
	for _, s := range pod.Status.ContainerStatuses {
		if s.Name != containerName {
			continue
		}
		if ended := s.State.Terminated; ended != nil {
			if strings.Contains(ended.Message, "executable file not found") ||
				strings.Contains(ended.Message, "no such file or directory") {
				return true, check.Skip("the image %s has no python3, which the probe needs", s.Image)
			}
			p.started = true
			return true, nil
		}
		p.started = p.started || s.State.Running != nil
		if waiting := s.State.Waiting; waiting != nil && isPermanent(waiting) {
			return true, p.notStarted(ctx, waiting.Reason, waiting.Message)
		}
	}
	if pod.Status.Phase == corev1.PodFailed {
		return true, p.notStarted(ctx, cmp.Or(pod.Status.Reason, "Failed"), pod.Status.Message)
	}
	return false, nil
}

// isPermanent reports whether a container waits for a reason that waiting cannot fix.
func isPermanent(waiting *corev1.ContainerStateWaiting) bool {
	if strings.Contains(waiting.Message, "timed out waiting for the condition") { // a busy node tries again
		return false
	}
	switch waiting.Reason {
	case "ErrImagePull",
		"ImagePullBackOff",
		"InvalidImageName",
		"ErrImageNeverPull",
		"CreateContainerConfigError",
		"CreateContainerError",
		"RunContainerError":
		return true
	}
	return false
}
