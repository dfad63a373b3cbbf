package probepod

import (
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
)

// TestNamespace_shared uses a missing namespace twice in one run. It exists until both
// uses have ended.
func TestNamespace_shared(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	name := s.Namespace + "-shared"
	e := checktest.WithCluster(t, s.Access(), name).Begin(t.Context(), check.Options{CreateNamespace: true})
	t.Cleanup(e.End)
	exists := func() bool {
		_, err := s.Client.CoreV1().Namespaces().Get(t.Context(), name, metav1.GetOptions{})
		return !apierrors.IsNotFound(err)
	}
	var done [2]func()
	for i := range done {
		var err error
		done[i], err = useNamespace(t.Context(), e, s.Client)
		checktest.Must(t, err)
	}
	for _, end := range done {
		if !exists() {
			t.Error("the namespace was removed while a check uses it")
		}
		end()
	}
	if exists() {
		t.Error("the namespace is left")
	}
}
