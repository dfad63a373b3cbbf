package install

import (
	"context"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/internal/transport"
)

// Reviewed is the state for which a plan was made.
type Reviewed struct {
	Revision  int       // 0 if there was no release
	Namespace types.UID // NoNamespace if it did not exist; empty if unknown
	Database  string    // what Plan.Database returned; empty if unknown
}

// NoNamespace is the state of a namespace that does not exist.
const NoNamespace types.UID = "missing"

// Namespace returns the UID of a namespace, or NoNamespace. It is empty if the user has no
// permission to read the namespace.
func (e *Engine) Namespace(ctx context.Context, name string) (types.UID, error) {
	client, err := e.Access.Client()
	if err != nil {
		return "", err
	}
	found, err := client.CoreV1().Namespaces().Get(ctx, name, metav1.GetOptions{})
	switch {
	case apierrors.IsNotFound(err):
		return NoNamespace, nil
	case apierrors.IsForbidden(err):
		return "", nil
	case err != nil:
		return "", fmt.Errorf("namespace %s: %w", name, transport.WithoutURL(err))
	}
	return found.UID, nil
}

// reviewStep compares with the plan what may have changed since its review. It runs under
// the lock, so that no other run of the installer changes it afterwards.
type reviewStep struct{}

func (reviewStep) name() string      { return "review" }
func (reviewStep) title(*run) string { return "check for other changes" }

// isNeeded makes the step optional.
func (reviewStep) isNeeded(r *run) bool { return r.plan.Reviewed != nil }

func (reviewStep) run(ctx context.Context, r *run) error {
	if r.plan.Reviewed.Namespace == NoNamespace && r.namespace == nil {
		return r.plan.namespaceChanged("existing")
	}
	return r.compareDatabase(ctx)
}

// compareNamespace fails if the namespace that was reviewed is gone. One that appeared is
// left to reviewStep: until then another run that creates it is reported instead.
func (p Plan) compareNamespace(now types.UID) error {
	if p.Reviewed == nil {
		return nil
	}
	switch reviewed := p.Reviewed.Namespace; {
	case reviewed == "" || reviewed == NoNamespace || reviewed == now:
		return nil
	case now == NoNamespace:
		return p.namespaceChanged("missing")
	}
	return p.namespaceChanged("deleted and created again")
}

func (p Plan) namespaceChanged(now string) *ChangedError {
	reviewed := "existing"
	if p.Reviewed.Namespace == NoNamespace {
		reviewed = "missing"
	}
	return &ChangedError{Subject: "namespace " + p.Namespace, Reviewed: reviewed, Now: now}
}

// compareDatabase fails if the database has changed. If it cannot be read now, a notice
// says so: the migration reports a database that is unreachable.
func (r *run) compareDatabase(ctx context.Context) error {
	reviewed := r.plan.Reviewed.Database
	if r.plan.Database == nil || reviewed == "" {
		return nil
	}
	now, err := r.plan.Database(ctx)
	switch {
	case err != nil && ctx.Err() != nil:
		return err
	case err != nil:
		r.Emit(event.Notice{Text: fmt.Sprintf("cannot check whether the database has changed (it was %s): %v",
			reviewed, err)})
		return nil
	case now != reviewed:
		return &ChangedError{Subject: "the database", Reviewed: reviewed, Now: now}
	}
	return nil
}
