package install

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/install/connect"
	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/internal/kube"
)

// limited returns an engine with the permissions of a restricted user: it can
// write the chart's objects in one namespace and read pods, but cannot read the
// namespace or watch events, claims and Ingresses.
func (b *bench) limited() *Engine {
	b.t.Helper()
	all := []string{"get", "list", "watch", "create", "update", "patch", "delete"}
	role := &rbacv1.Role{
		ObjectMeta: metav1.ObjectMeta{Name: "installer"},
		Rules: []rbacv1.PolicyRule{
			{APIGroups: []string{""}, Resources: []string{"secrets", "services", "serviceaccounts"}, Verbs: all},
			{APIGroups: []string{"apps"}, Resources: []string{"deployments", "replicasets"}, Verbs: all},
			{APIGroups: []string{"batch"}, Resources: []string{"jobs"}, Verbs: all},
			{APIGroups: []string{""}, Resources: []string{"pods", "pods/log"}, Verbs: []string{"get", "list", "watch"}},
			{APIGroups: []string{""}, Resources: []string{"persistentvolumeclaims"}, Verbs: []string{"get"}},
			{APIGroups: []string{""}, Resources: []string{"pods/portforward"}, Verbs: []string{"create", "get"}},
		},
	}
	binding := &rbacv1.RoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: "installer"},
		RoleRef:    rbacv1.RoleRef{APIGroup: "rbac.authorization.k8s.io", Kind: "Role", Name: "installer"},
		Subjects: []rbacv1.Subject{
			{APIGroup: "rbac.authorization.k8s.io", Kind: "User", Name: "limited-" + b.namespace},
		},
	}
	client := b.Client(b.t).RbacV1()
	if _, err := client.Roles(b.namespace).Create(b.t.Context(), role, metav1.CreateOptions{}); err != nil {
		b.t.Fatal(err)
	}
	if _, err := client.RoleBindings(b.namespace).Create(b.t.Context(), binding, metav1.CreateOptions{}); err != nil {
		b.t.Fatal(err)
	}
	flags := kube.NewFlags()
	*flags.KubeConfig, *flags.Impersonate = b.Kubeconfig, "limited-"+b.namespace
	return &Engine{Access: kube.New(flags)}
}

func TestApplyWithFewRights(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	engine, r := b.limited(), record(t)
	outcome, err := engine.Apply(t.Context(), b.mysql("current", b.Database.Password.Reveal()), r.observe)
	if err != nil || outcome.Release.Status != "deployed" {
		t.Fatalf("%v\n%s", err, r)
	}
	for _, kind := range []string{"Event", "PersistentVolumeClaim", "Ingress"} {
		if _, told := r.find(func(e event.Event) bool {
			n, ok := e.(event.Notice)
			return ok && strings.Contains(n.Text, "watching "+kind+" ")
		}); !told {
			t.Errorf("nothing says that %s cannot be watched\n%s", kind, r)
		}
	}
	if _, shown := r.find(func(e event.Event) bool {
		o, ok := e.(event.ObjectChanged)
		return ok && o.Kind == "Pod" && o.State == event.Ready
	}); !shown {
		t.Errorf("the pod was not watched\n%s", r)
	}
	tunnel, err := engine.Forward(
		t.Context(),
		connect.ForwardRequest{Namespace: b.namespace, Release: releaseName},
		r.observe,
	)
	if err != nil {
		t.Fatal(err)
	}
	tunnel.Close()
}

func TestApplyWithoutRights(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	flags := kube.NewFlags()
	*flags.KubeConfig, *flags.Impersonate = b.Kubeconfig, "nobody"
	engine := &Engine{Access: kube.New(flags)}
	_, err := engine.Apply(t.Context(), b.sqlite("current"), nil)
	if err == nil || !strings.Contains(err.Error(), `cannot list resource "secrets"`) {
		t.Fatal(err)
	}
}

func TestApplyCreatesTheNamespace(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	plan := b.sqlite("legacy")
	plan.Namespace = b.namespace + "-new"
	if _, err := b.engine.Apply(t.Context(), plan, nil); err == nil ||
		!strings.Contains(err.Error(), "kubectl create namespace") {
		t.Fatal(err)
	}
	plan.CreateNamespace = true
	b.apply(plan)
	if err := b.Client(t).CoreV1().Namespaces().Delete(t.Context(), plan.Namespace, metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	_, err := b.engine.Apply(t.Context(), plan, nil)
	found, getErr := b.Client(t).CoreV1().Namespaces().Get(t.Context(), plan.Namespace, metav1.GetOptions{})
	if getErr == nil && found.Status.Phase == corev1.NamespaceTerminating &&
		(err == nil || !strings.Contains(err.Error(), "being deleted")) {
		t.Error(err)
	}
}
