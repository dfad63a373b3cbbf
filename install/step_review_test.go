package install

import (
	"context"
	"errors"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/zenml-installer/zenml-installer/install/event"
)

// stale applies a plan that must end because something has changed.
func (b *bench) stale(plan Plan, now string) {
	b.t.Helper()
	var changed *ChangedError
	_, err := b.engine.Apply(b.t.Context(), plan, record(b.t).observe)
	if !errors.As(err, &changed) || changed.Now != now {
		b.t.Fatalf("Apply returned %v, want a ChangedError: %s", err, now)
	}
	if release, err := b.engine.Release(b.t.Context(), plan.Namespace, plan.Release); err != nil || release != nil {
		b.t.Errorf("release is %+v, %v", release, err)
	}
}

func TestApply_reviewedNamespace(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	plan := b.sqlite("current")
	plan.CreateNamespace = true

	plan.Reviewed = &Reviewed{Namespace: NoNamespace}
	b.stale(plan, "existing")
	plan.Reviewed = &Reviewed{Namespace: types.UID("another")}
	b.stale(plan, "deleted and created again")
	plan.Namespace += "-gone"
	b.stale(plan, "missing")
	if _, err := b.Client(t).CoreV1().Namespaces().Get(t.Context(), plan.Namespace, metav1.GetOptions{}); err == nil {
		t.Error("the namespace was created")
	}

	plan.Namespace = b.namespace
	now, err := b.engine.Namespace(t.Context(), b.namespace)
	if err != nil {
		t.Fatal(err)
	}
	plan.Reviewed = &Reviewed{Namespace: now}
	if outcome, _ := b.apply(plan); outcome.Namespace != now {
		t.Errorf("the outcome has namespace %q, want %q", outcome.Namespace, now)
	}
}

func TestNamespace(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	if got, err := b.engine.Namespace(t.Context(), b.namespace+"-missing"); got != NoNamespace || err != nil {
		t.Errorf("a missing namespace is %q, %v", got, err)
	}
	if got, err := b.limited().Namespace(t.Context(), b.namespace); got != "" || err != nil {
		t.Errorf("a forbidden namespace is %q, %v", got, err)
	}
}

func TestApply_reviewedDatabase(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	plan := b.sqlite("current")
	state, failed := "revision 2", error(nil)
	plan.Database = func(context.Context) (string, error) { return state, failed }

	plan.Reviewed = &Reviewed{Database: "empty"}
	b.stale(plan, "revision 2")

	failed = errors.New("no route to host")
	_, r := b.apply(plan) // the migration will report it
	const notice = "cannot check whether the database has changed (it was empty): no route to host"
	if _, told := r.find(func(e event.Event) bool { n, ok := e.(event.Notice); return ok && n.Text == notice }); !told {
		t.Errorf("no notice about the database\n%s", r)
	}
}
