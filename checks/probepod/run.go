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
)

const (
	// lookLimit is how long the pod may take, the pull of its image included.
	lookLimit = 100 * time.Second
	// lookTidy is how long its removal may take.
	lookTidy = 15 * time.Second
	// lookLeft is the age from which on what another run made is left over.
	lookLeft = 10 * time.Minute
)

// run makes the objects, waits for the container's end and returns its log.
func (l *podLook) run(ctx context.Context) (log string, err error) {
	ctx, cancel := context.WithTimeout(ctx, lookLimit)
	defer cancel()
	namespace := l.env.Namespace()
	if l.secret != nil {
		if _, err := l.client.CoreV1().Secrets(namespace).Create(ctx, l.secret, metav1.CreateOptions{}); err != nil {
			return "", notMade(err, "Secret")
		}
	}
	made, err := l.client.CoreV1().Pods(namespace).Create(ctx, l.pod, metav1.CreateOptions{})
	if err != nil {
		return "", notMade(err, "pod")
	}
	l.tie(ctx, made)
	if err := l.await(ctx); err != nil {
		return "", err
	}
	text, err := l.client.CoreV1().Pods(namespace).GetLogs(l.pod.Name, &corev1.PodLogOptions{Container: lookContainer}).DoRaw(ctx)
	if apierrors.IsForbidden(err) {
		return "", check.Skip("you may not read the log of pod %s", l.pod.Name)
	}
	return string(text), check.KubeError(err)
}

// notMade says why an object is refused. The refusal is not this check's
// fault: cluster.permissions and cluster.admission name it.
func notMade(err error, kind string) error {
	if apierrors.IsForbidden(err) || apierrors.IsInvalid(err) {
		return check.Skip("the %s for the look is refused: %v", kind, err)
	}
	return err
}

// tie lets the Secret go with the pod, should this program be ended by force.
func (l *podLook) tie(ctx context.Context, made *corev1.Pod) {
	if l.secret == nil {
		return
	}
	tied := l.secret.DeepCopy()
	tied.OwnerReferences = []metav1.OwnerReference{{APIVersion: "v1", Kind: "Pod", Name: made.Name, UID: made.UID}}
	_, _ = l.client.CoreV1().Secrets(l.env.Namespace()).Update(ctx, tied, metav1.UpdateOptions{}) // remove and sweep do it too
}

// await polls until the container has ended, or cannot begin.
func (l *podLook) await(ctx context.Context) error {
	ticker := time.NewTicker(250 * time.Millisecond)
	defer ticker.Stop()
	var last *corev1.Pod
	for {
		pod, err := l.client.CoreV1().Pods(l.env.Namespace()).Get(ctx, l.pod.Name, metav1.GetOptions{})
		switch {
		case err == nil:
			last = pod
			if done, err := l.judgePod(ctx, pod); done || err != nil {
				return err
			}
		case ctx.Err() == nil:
			return fmt.Errorf("pod %s: %w", l.pod.Name, err)
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return l.tooLong(ctx, last)
		}
	}
}

// judgePod tells whether the container has ended, or why it cannot begin.
func (l *podLook) judgePod(ctx context.Context, pod *corev1.Pod) (done bool, err error) {
	for _, s := range pod.Status.ContainerStatuses {
		if s.Name != lookContainer {
			continue
		}
		if ended := s.State.Terminated; ended != nil {
			if strings.Contains(ended.Message, "executable file not found") || strings.Contains(ended.Message, "no such file or directory") {
				return true, check.Skip("the image %s has no python3, by which the look is made", s.Image)
			}
			return true, nil
		}
		if waiting := s.State.Waiting; waiting != nil && hopeless(waiting.Reason) {
			return true, l.unstarted(ctx, waiting.Reason, waiting.Message)
		}
	}
	if pod.Status.Phase == corev1.PodFailed {
		return true, l.unstarted(ctx, cmp.Or(pod.Status.Reason, "Failed"), pod.Status.Message)
	}
	return false, nil
}

// hopeless tells the reasons for waiting that waiting does not mend.
func hopeless(reason string) bool {
	switch reason {
	case "ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "CreateContainerConfigError", "CreateContainerError", "RunContainerError":
		return true
	}
	return false
}
