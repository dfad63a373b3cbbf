package install

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/internal/transport"
)

// namespaceStep ensures that the namespace exists and is usable.
type namespaceStep struct{}

func (namespaceStep) name() string        { return "namespace" }
func (namespaceStep) title(r *run) string { return "use namespace " + r.plan.Namespace }

func (namespaceStep) run(ctx context.Context, r *run) error {
	name := r.plan.Namespace
	found, err := r.client.CoreV1().Namespaces().Get(ctx, name, metav1.GetOptions{})
	switch {
	case err == nil && found.Status.Phase == corev1.NamespaceTerminating:
		return fmt.Errorf(
			"namespace %s is being deleted: wait until it is deleted, or use another with --namespace",
			name,
		)
	case err == nil:
		r.outcome.Namespace = found.UID
		return r.plan.compareNamespace(found.UID)
	case apierrors.IsForbidden(err):
		// Without the permission to read it, later steps report a missing
		// namespace.
		return nil
	case !apierrors.IsNotFound(err):
		return fmt.Errorf("namespace %s: %w", name, transport.WithoutURL(err))
	case !r.plan.CreateNamespace:
		return fmt.Errorf(
			"namespace %s does not exist: create it with kubectl create namespace %s, or let the installer create it",
			name,
			name,
		)
	}
	if err := r.plan.compareNamespace(NoNamespace); err != nil {
		return err
	}
	return r.createNamespace(ctx)
}

// createNamespace creates the namespace, unless another run is faster.
func (r *run) createNamespace(ctx context.Context) error {
	name := r.plan.Namespace
	wanted := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}
	made, err := r.client.CoreV1().Namespaces().Create(ctx, wanted,
		metav1.CreateOptions{FieldManager: manifest.Installer})
	switch {
	case apierrors.IsAlreadyExists(err):
		return nil
	case err != nil:
		return fmt.Errorf("create namespace %s: %w", name, transport.WithoutURL(err))
	}
	r.namespace, r.outcome.Namespace = made, made.UID
	return nil
}
