package probepod

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	authorizationv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/client-go/kubernetes"

	"github.com/zenml-installer/zenml-installer/checks/check"
)

// checkRemovable skips the check if the user cannot delete what it creates.
func (p *probePod) checkRemovable(ctx context.Context) error {
	kinds := p.kinds()
	if p.account != nil {
		kinds = append(kinds, "serviceaccount")
	}
	for _, kind := range kinds {
		may, err := check.Allowed(ctx, p.env,
			authorizationv1.ResourceAttributes{Namespace: p.env.Namespace(), Verb: "delete", Resource: kind + "s"})
		if err != nil {
			return err
		}
		if !may {
			return check.Skip("you cannot delete %ss in namespace %s, so the probe %s could not be removed", kind,
				p.env.Namespace(), kind)
		}
	}
	return nil
}

// kinds returns the kinds of the objects with the pod's name.
func (p *probePod) kinds() []string {
	if p.secret == nil {
		return []string{"pod"}
	}
	return []string{"pod", "secret"}
}

// remove deletes the objects, also after Ctrl-C, and reports what it cannot
// delete. It deletes by name, because an interrupted request may have created
// its object.
func (p *probePod) remove(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), removeLimit)
	defer cancel()
	now := int64(0)
	err := ignoreMissing(
		p.client.CoreV1().Pods(p.env.Namespace()).Delete(ctx, p.pod.Name,
			metav1.DeleteOptions{GracePeriodSeconds: &now}),
	)
	if p.secret != nil {
		err = errors.Join(
			err,
			ignoreMissing(
				p.client.CoreV1().Secrets(p.env.Namespace()).Delete(ctx, p.secret.Name, metav1.DeleteOptions{})),
		)
	}
	p.removeAccount(ctx)
	if p.deadline != nil {
		_ = p.client.BatchV1().Jobs(p.env.Namespace()).Delete(ctx, p.pod.Name, inBackground()) // the Job expires
	}
	if err != nil {
		p.env.Leave(check.Leftover{
			What: fmt.Sprintf("%s %s in namespace %s (%v)", strings.Join(p.kinds(), " and "), p.pod.Name,
				p.env.Namespace(), err),
			Remedy: fmt.Sprintf("kubectl -n %s delete %s %s --ignore-not-found", p.env.Namespace(),
				strings.Join(p.kinds(), ","), p.pod.Name),
		})
	}
}

// RemoveLeftovers deletes what killed runs left in a namespace: objects that
// are older than the longest run, and pods that terminated without being
// removed. It ignores errors: the objects expire, and the next run tries again.
func RemoveLeftovers(ctx context.Context, client kubernetes.Interface, namespace string, now time.Time) {
	options := metav1.ListOptions{LabelSelector: selector}
	isOld := func(o metav1.ObjectMeta) bool { return now.Sub(o.CreationTimestamp.Time) > staleAge }
	stale := map[string]bool{}
	if pods, err := client.CoreV1().Pods(namespace).List(ctx, options); err == nil {
		for _, pod := range pods.Items {
			if isOld(pod.ObjectMeta) || isAbandoned(&pod, now) {
				stale[pod.Name] = true
				_ = client.CoreV1().Pods(namespace).Delete(ctx, pod.Name, metav1.DeleteOptions{})
			}
		}
	}
	if secrets, err := client.CoreV1().Secrets(namespace).List(ctx, options); err == nil {
		for _, s := range secrets.Items {
			if isOld(s.ObjectMeta) || stale[s.Name] {
				_ = client.CoreV1().Secrets(namespace).Delete(ctx, s.Name, metav1.DeleteOptions{})
			}
		}
	}
	removeStaleAccounts(ctx, client, namespace, now)
	if jobs, err := client.BatchV1().Jobs(namespace).List(ctx, options); err == nil {
		for _, j := range jobs.Items {
			if isOld(j.ObjectMeta) || stale[j.Name] {
				_ = client.BatchV1().Jobs(namespace).Delete(ctx, j.Name, inBackground())
			}
		}
	}
}

// isAbandoned reports whether the pod terminated a while ago: a live run would
// have removed it.
func isAbandoned(pod *corev1.Pod, now time.Time) bool {
	for _, s := range pod.Status.ContainerStatuses {
		if s.State.Terminated != nil && now.Sub(s.State.Terminated.FinishedAt.Time) > abandonedAfter {
			return true
		}
	}
	return false
}

func inBackground() metav1.DeleteOptions {
	background := metav1.DeletePropagationBackground
	return metav1.DeleteOptions{PropagationPolicy: &background}
}

func ignoreMissing(err error) error {
	if apierrors.IsNotFound(err) {
		return nil
	}
	return err
}

// notStarted returns the fault of a pod that cannot start.
func (p *probePod) notStarted(ctx context.Context, reason, message string) error {
	fault := &check.Fault{
		Summary: "the probe pod did not start: " + strings.TrimSpace(reason+" "+message),
		Reason:  "the server's pods use the same image and settings and will not start either",
		Remedy:  "check the image: zenml-installer preflight --only supply.image",
	}
	if !strings.Contains(reason, "Image") {
		fault.Remedy = "correct the Secret, the key or the server.security answer that the message names"
	}
	fault.Summary += p.events(ctx)
	return fault
}

// timedOut reports what the pod was doing at the time limit. It is a warning, because
// a slow image pull or a node that is being added is not a fault.
func (p *probePod) timedOut(ctx context.Context, pod *corev1.Pod) error {
	if !errors.Is(context.Cause(ctx), context.DeadlineExceeded) {
		return ctx.Err() // interrupted
	}
	state := "it was never listed"
	if pod != nil {
		state = "it is " + string(pod.Status.Phase)
		for _, c := range pod.Status.Conditions {
			if c.Type == corev1.PodScheduled && c.Status == corev1.ConditionFalse {
				state = c.Reason + ": " + c.Message
			}
		}
	}
	return &check.Fault{
		Warn:    true,
		Summary: fmt.Sprintf("the probe pod did not finish within %s: %s%s", probeLimit, state, p.events(ctx)),
		Reason:  p.unknown,
		Remedy: "check for a slow image pull or full nodes, then try again: zenml-installer preflight --only " +
			p.check,
	}
}

// events returns the last warning events of the pod.
func (p *probePod) events(ctx context.Context) string {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), check.DialLimit)
	defer cancel()
	found, err := p.client.CoreV1().Events(p.env.Namespace()).List(ctx, metav1.ListOptions{
		FieldSelector: fields.Set{
			"involvedObject.name": p.pod.Name,
			"type":                corev1.EventTypeWarning,
		}.String(),
		Limit: 20,
	})
	if err != nil {
		return ""
	}
	var b strings.Builder
	for _, event := range found.Items[max(0, len(found.Items)-3):] {
		fmt.Fprintf(&b, "\nevent %s: %s", event.Reason, event.Message)
	}
	return b.String()
}
