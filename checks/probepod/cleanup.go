package probepod

import (
	"context"
	"errors"
	"fmt"
	"strings"

	authorizationv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"

	"github.com/zenml-installer/zenml-installer/checks/check"
)

// removable sees to it that nothing is made which may not be removed again.
func (l *podLook) removable(ctx context.Context) error {
	for _, made := range l.made() {
		may, err := check.Allowed(ctx, l.env, authorizationv1.ResourceAttributes{Namespace: l.env.Namespace(), Verb: "delete", Resource: made + "s"})
		if err != nil {
			return err
		}
		if !may {
			return check.Skip("in namespace %s you may not delete %ss, so that the %s for the look would stay", l.env.Namespace(), made, made)
		}
	}
	return nil
}

// made are the kinds of the objects that the look makes.
func (l *podLook) made() []string {
	if l.secret == nil {
		return []string{"pod"}
	}
	return []string{"pod", "secret"}
}

// remove deletes what was made, also after Ctrl-C, and names what is left.
// Whether a request that was cut off has made its object is not known, so
// both are deleted by name.
func (l *podLook) remove(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lookTidy)
	defer cancel()
	now := int64(0)
	err := ignoreMissing(l.client.CoreV1().Pods(l.env.Namespace()).Delete(ctx, l.pod.Name, metav1.DeleteOptions{GracePeriodSeconds: &now}))
	if l.secret != nil {
		err = errors.Join(err, ignoreMissing(l.client.CoreV1().Secrets(l.env.Namespace()).Delete(ctx, l.secret.Name, metav1.DeleteOptions{})))
	}
	if err != nil {
		l.env.Leave(check.Leftover{
			What:   fmt.Sprintf("%s %s in namespace %s (%v)", strings.Join(l.made(), " and "), l.pod.Name, l.env.Namespace(), err),
			Remedy: fmt.Sprintf("kubectl -n %s delete %s %s --ignore-not-found", l.env.Namespace(), strings.Join(l.made(), ","), l.pod.Name),
		})
	}
}

// sweep deletes what runs that were ended by force have left in the namespace.
func (l *podLook) sweep(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lookTidy)
	defer cancel()
	namespace, options := l.env.Namespace(), metav1.ListOptions{LabelSelector: lookSelector}
	old := func(o metav1.ObjectMeta) bool { return l.env.Now().Sub(o.CreationTimestamp.Time) > lookLeft }
	if pods, err := l.client.CoreV1().Pods(namespace).List(ctx, options); err == nil {
		for _, p := range pods.Items {
			if old(p.ObjectMeta) {
				_ = l.client.CoreV1().Pods(namespace).Delete(ctx, p.Name, metav1.DeleteOptions{}) // the next run tries again
			}
		}
	}
	if secrets, err := l.client.CoreV1().Secrets(namespace).List(ctx, options); err == nil {
		for _, s := range secrets.Items {
			if old(s.ObjectMeta) {
				_ = l.client.CoreV1().Secrets(namespace).Delete(ctx, s.Name, metav1.DeleteOptions{}) // the next run tries again
			}
		}
	}
}

func ignoreMissing(err error) error {
	if apierrors.IsNotFound(err) {
		return nil
	}
	return err
}

// unstarted is the fault of a pod that cannot begin.
func (l *podLook) unstarted(ctx context.Context, reason, message string) error {
	fault := &check.Fault{
		Found: "the pod for the look does not start: " + strings.TrimSpace(reason+" "+message),
		Why:   "the server's own pods have the same image and settings, and will not start either", Remedy: "see what is said of the image: zenml-installer preflight --only supply.image",
	}
	if !strings.Contains(reason, "Image") {
		fault.Remedy = "correct what the message names: the Secret or key, or server.security"
	}
	fault.Found += l.events(ctx)
	return fault
}

// tooLong says what a pod was doing when its time was up. A slow pull is a
// warning; so is a cluster that may still make room for it.
func (l *podLook) tooLong(ctx context.Context, pod *corev1.Pod) error {
	if !errors.Is(context.Cause(ctx), context.DeadlineExceeded) {
		return ctx.Err() // interrupted
	}
	state := "it was never seen"
	if pod != nil {
		state = "it is " + string(pod.Status.Phase)
		for _, c := range pod.Status.Conditions {
			if c.Type == corev1.PodScheduled && c.Status == corev1.ConditionFalse {
				state = c.Reason + ": " + c.Message
			}
		}
	}
	return &check.Fault{Warn: true, Found: fmt.Sprintf("the pod for the look was not done after %s: %s%s", lookLimit, state, l.events(ctx)),
		Why: "whether pods reach the database is not known", Remedy: "see what holds it up (a slow pull, no room on the nodes), and try again: zenml-installer preflight --only database.in-cluster"}
}

// events are the last warnings that the cluster gave about the pod.
func (l *podLook) events(ctx context.Context) string {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), check.DialLimit)
	defer cancel()
	found, err := l.client.CoreV1().Events(l.env.Namespace()).List(ctx, metav1.ListOptions{
		FieldSelector: fields.Set{"involvedObject.name": l.pod.Name, "type": corev1.EventTypeWarning}.String(), Limit: 20,
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
