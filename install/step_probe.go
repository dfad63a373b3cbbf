package install

import (
	"context"
	"fmt"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/internal/poll"
	"github.com/zenml-installer/zenml-installer/internal/transport"
)

// probeStep checks from a pod what the server needs, before a migration changes the
// database. It runs only in a namespace that this run created: in an existing one, the
// checks before the install can start the pod.
type probeStep struct{}

func (probeStep) name() string        { return "probe" }
func (probeStep) title(r *run) string { return "check " + r.plan.Probed + " from a pod" }

// isNeeded makes the step optional.
func (probeStep) isNeeded(r *run) bool { return r.plan.Probe != nil && r.namespace != nil }

func (probeStep) run(ctx context.Context, r *run) error {
	notice, err := r.plan.Probe(ctx)
	if notice != "" {
		r.Emit(event.Notice{Text: notice})
	}
	if err != nil && ctx.Err() == nil {
		r.removeNamespace(ctx)
	}
	return err
}

// namespaceLimit limits the removal of the namespace, whose objects go first.
const namespaceLimit = 30 * time.Second

// removeNamespace deletes the namespace that this run created. No server has run in it,
// so no data depends on its Secrets.
func (r *run) removeNamespace(ctx context.Context) {
	ctx, cancel := context.WithTimeout(afterwards(ctx), namespaceLimit)
	defer cancel()
	releaseLock(ctx, r.lock, false)
	r.lock = nil // it is in the namespace
	name := r.namespace.Name
	namespaces := r.client.CoreV1().Namespaces()
	err := namespaces.Delete(ctx, name, metav1.DeleteOptions{Preconditions: &metav1.Preconditions{UID: &r.namespace.UID}})
	if err == nil {
		err = poll.Until(ctx, 250*time.Millisecond, func() (bool, error) {
			_, err := namespaces.Get(ctx, name, metav1.GetOptions{})
			return err != nil, nil
		})
	}
	if err != nil && !apierrors.IsNotFound(err) {
		r.Emit(event.Notice{Text: fmt.Sprintf("namespace %s, which this run created, is not removed (%v). "+
			"Remove it: kubectl delete namespace %s", name, transport.WithoutURL(err), name)})
		return
	}
	r.outcome.Namespace = NoNamespace
	r.Emit(event.Notice{Text: fmt.Sprintf("removed namespace %s, which this run created", name)})
}
