package probepod

import (
	"context"
	"fmt"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/poll"
)

// sharedNamespace is the namespace that the checks of a run created. The last check
// that uses it removes it.
type sharedNamespace struct {
	mu    sync.Mutex
	users int
	made  *corev1.Namespace // nil if another program created it
}

var sharedNamespaceMemo = check.NewMemo[*sharedNamespace]("namespace of the probe pods")

// useNamespace ensures that the namespace exists. If it is missing and the options ask
// for it, it creates the namespace; done removes it again.
func useNamespace(ctx context.Context, e *check.Env, client kubernetes.Interface) (done func(), err error) {
	found, err := check.FindNamespace(ctx, e)
	switch {
	case err != nil:
		return nil, check.ReadError(err, "namespace "+e.Namespace())
	case found != nil:
		return func() {}, nil
	case !e.CreatesNamespace():
		return nil, check.Skip("namespace %s does not exist yet; the install runs this check once it has created it. "+
			"To run it now: zenml-installer preflight --create-namespace", e.Namespace())
	}
	shared, err := sharedNamespaceMemo.Get(ctx, e,
		func(context.Context) (*sharedNamespace, error) { return &sharedNamespace{}, nil })
	if err != nil {
		return nil, err
	}
	return shared.use(ctx, e, client)
}

// use creates the namespace unless another check of the run has created it.
func (s *sharedNamespace) use(
	ctx context.Context,
	e *check.Env,
	client kubernetes.Interface,
) (done func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.users == 0 {
		if s.made, err = createNamespace(ctx, e, client); err != nil {
			return nil, err
		}
	}
	s.users++
	return func() { s.release(ctx, e, client) }, nil
}

// release removes the namespace if no other check uses it. A check that needs it now
// waits until it is gone.
func (s *sharedNamespace) release(ctx context.Context, e *check.Env, client kubernetes.Interface) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.users--
	if s.users == 0 && s.made != nil {
		removeNamespace(ctx, e, client, s.made)
	}
}

// createNamespace returns nil if another program created the namespace in the meantime.
func createNamespace(ctx context.Context, e *check.Env, client kubernetes.Interface) (*corev1.Namespace, error) {
	made, err := client.CoreV1().Namespaces().Create(ctx,
		&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: e.Namespace()}}, metav1.CreateOptions{})
	switch {
	case apierrors.IsAlreadyExists(err):
		return nil, nil
	case apierrors.IsForbidden(err), apierrors.IsInvalid(err):
		return nil, check.Skip("the API server denies namespace %s: %v", e.Namespace(), err)
	case err != nil:
		return nil, check.KubeError(err)
	}
	return made, nil
}

// removeNamespace deletes the namespace that this check created, also after Ctrl-C.
func removeNamespace(ctx context.Context, e *check.Env, client kubernetes.Interface, made *corev1.Namespace) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), removeLimit)
	defer cancel()
	namespaces := client.CoreV1().Namespaces()
	err := namespaces.Delete(ctx, made.Name,
		metav1.DeleteOptions{Preconditions: &metav1.Preconditions{UID: &made.UID}})
	if err == nil {
		err = poll.Until(ctx, 250*time.Millisecond, func() (bool, error) { // so that an install can follow
			_, err := namespaces.Get(ctx, made.Name, metav1.GetOptions{})
			return err != nil, nil
		})
	}
	if ignoreMissing(err) != nil {
		e.Leave(check.Leftover{
			What:   fmt.Sprintf("namespace %s, which the check created (%v)", made.Name, err),
			Remedy: "kubectl delete namespace " + made.Name,
		})
	}
}
