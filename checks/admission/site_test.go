package admission

import (
	"context"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

const notThere = "not-there-yet"

// defaultReady waits until the namespace default accepts pods.
func defaultReady(t *testing.T, c *testcluster.Cluster) {
	t.Helper()
	eventually(t, func(ctx context.Context) bool {
		_, err := c.Client(t).CoreV1().ServiceAccounts("default").Get(ctx, "default", metav1.GetOptions{})
		return err == nil
	})
}

// TestAdmissionBeforeNamespaceExists tries the objects in default, next to an existing
// one with the same name.
func TestAdmissionBeforeNamespaceExists(t *testing.T) {
	c := testcluster.Start(t)
	defaultReady(t, c)
	services := c.Client(t).CoreV1().Services("default")
	_, err := services.Create(
		t.Context(),
		&corev1.Service{
			ObjectMeta: metav1.ObjectMeta{Name: "zenml-server"},
			Spec:       corev1.ServiceSpec{Ports: []corev1.ServicePort{{Port: 80}}},
		},
		metav1.CreateOptions{},
	)
	checktest.Must(t, err)
	t.Cleanup(func() {
		_ = services.Delete(context.WithoutCancel(t.Context()), "zenml-server", metav1.DeleteOptions{})
	})
	taken := &unstructured.Unstructured{
		Object: map[string]any{
			"apiVersion": "v1",
			"kind":       "Service",
			"metadata":   map[string]any{"name": "zenml-server"},
			"spec":       map[string]any{"ports": []any{map[string]any{"port": int64(80)}}},
		},
	}
	for standIn, exists := range map[bool]bool{true: false, false: true} {
		objects := checktest.DynamicClient(t, c).Resource(
			corev1.SchemeGroupVersion.WithResource("services")).Namespace("default")
		_, err := tryNew(t.Context(), objects, trialSite{namespace: "default", standIn: standIn}, taken)
		if apierrors.IsAlreadyExists(err) != exists || !exists && err != nil {
			t.Errorf("a name that is taken, in a stand-in (%t): %v", standIn, err)
		}
	}
	e := checktest.WithCluster(t, c.Access(), notThere)
	checktest.Expect(t, look(t, e, "cluster.admission"), "cluster.admission", check.Pass,
		"accepted, tried in the namespace default, because not-there-yet does not exist yet")
	pods, err := c.Client(t).CoreV1().Pods("default").List(t.Context(), metav1.ListOptions{})
	checktest.Must(t, err)
	if len(pods.Items) != 0 {
		t.Errorf("%d pods were created", len(pods.Items))
	}
}

func TestAdmissionBeforeNamespaceExistsRejected(t *testing.T) {
	c := testcluster.Start(t)
	defaultReady(t, c)
	name := c.Namespace(t)
	e := checktest.WithCluster(t, c.Access(), notThere, func(a *answers.Answers) { a.Cluster.Release = name })
	checktest.Policy(t, c, name, "default", "deployments", "object.metadata.name.startsWith('"+name+"')")
	// The API server applies a new policy after a while.
	eventually(t, func(context.Context) bool {
		r, _ := look(t, e, "cluster.admission").ByID("cluster.admission")
		return r.Status == check.Failed
	})
	checktest.Expect(t, look(t, e, "cluster.admission"), "cluster.admission", check.Failed, "Deployment "+name,
		"says "+name, "(tried in the namespace default, because not-there-yet does not exist yet", "satisfy the policy")
}

// TestAdmissionWithoutStandIn uses accounts that can create the namespace and little
// else.
func TestAdmissionWithoutStandIn(t *testing.T) {
	c := testcluster.Start(t)
	defaultReady(t, c)
	for name, test := range map[string]struct {
		rules []rbacv1.PolicyRule
		say   string
	}{
		"sees none": {nil, "you cannot read a similar one"},
		"sees all": {[]rbacv1.PolicyRule{
			{APIGroups: []string{""}, Resources: []string{"namespaces", "resourcequotas", "limitranges",
				"serviceaccounts"}, Verbs: []string{"get", "list"}},
		}, "nothing could be tried in default"},
	} {
		t.Run(name, func(t *testing.T) {
			namespace := c.Namespace(t)
			access := checktest.ServiceAccount(t, c, namespace)
			clusterRole(t, c, namespace, append(
				test.rules,
				rbacv1.PolicyRule{
					APIGroups: []string{""},
					Resources: []string{"namespaces"},
					Verbs:     []string{"create"},
				},
				rbacv1.PolicyRule{
					APIGroups:     []string{""},
					Resources:     []string{"namespaces"},
					ResourceNames: []string{notThere},
					Verbs:         []string{"get"},
				},
			)...)
			checktest.Expect(
				t,
				look(t, checktest.WithCluster(t, access, notThere), "cluster.admission"),
				"cluster.admission",
				check.Skipped,
				test.say,
			)
		})
	}
}

// clusterRole grants the account of checktest.ServiceAccount these permissions in the
// whole cluster.
func clusterRole(t *testing.T, c *testcluster.Cluster, namespace string, rules ...rbacv1.PolicyRule) {
	t.Helper()
	api, meta := c.Client(t).RbacV1(), metav1.ObjectMeta{Name: namespace}
	_, err := api.ClusterRoles().Create(t.Context(), &rbacv1.ClusterRole{ObjectMeta: meta, Rules: rules},
		metav1.CreateOptions{})
	checktest.Must(t, err)
	t.Cleanup(func() {
		_ = api.ClusterRoles().Delete(context.WithoutCancel(t.Context()), namespace, metav1.DeleteOptions{})
	})
	_, err = api.ClusterRoleBindings().Create(t.Context(), &rbacv1.ClusterRoleBinding{
		ObjectMeta: meta, RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: namespace},
		Subjects: []rbacv1.Subject{{Kind: rbacv1.ServiceAccountKind, Name: "restricted", Namespace: namespace}},
	}, metav1.CreateOptions{})
	checktest.Must(t, err)
	t.Cleanup(func() {
		_ = api.ClusterRoleBindings().Delete(context.WithoutCancel(t.Context()), namespace, metav1.DeleteOptions{})
	})
}

func TestStandIn(t *testing.T) {
	c := testcluster.Start(t)
	defaultReady(t, c)
	client := c.Client(t)
	limits := client.CoreV1().LimitRanges("default")
	_, err := limits.Create(t.Context(), &corev1.LimitRange{ObjectMeta: metav1.ObjectMeta{Name: "any"}},
		metav1.CreateOptions{})
	checktest.Must(t, err)
	t.Cleanup(func() { _ = limits.Delete(context.WithoutCancel(t.Context()), "any", metav1.DeleteOptions{}) })
	free, err := isUnlimited(t.Context(), client, "default")
	if err != nil || free {
		t.Errorf("default counts as unlimited: %v", err)
	}
	if name, err := standIn(t.Context(), client); err != nil || name == "default" {
		t.Errorf("stand-in %q, %v", name, err)
	}
	now := metav1.Now()
	for name, test := range map[string]struct {
		meta metav1.ObjectMeta
		want bool
	}{
		"new":           {metav1.ObjectMeta{Name: "a", Labels: map[string]string{corev1.LabelMetadataName: "a"}}, true},
		"no labels":     {metav1.ObjectMeta{Name: "a"}, true},
		"pod security":  {metav1.ObjectMeta{Name: "a", Labels: map[string]string{"pod-security.kubernetes.io/enforce": "privileged"}}, false},
		"other label":   {metav1.ObjectMeta{Name: "a", Labels: map[string]string{"istio-injection": "enabled"}}, false},
		"control plane": {metav1.ObjectMeta{Name: "kube-public"}, false},
		"terminating":   {metav1.ObjectMeta{Name: "a", DeletionTimestamp: &now}, false},
	} {
		if got := isLikeNew(&corev1.Namespace{ObjectMeta: test.meta}); got != test.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

func TestFreeName(t *testing.T) {
	for _, name := range []string{"zenml", strings.Repeat("a", 63), strings.Repeat("a", 56) + "-b"} {
		got := freeName(name)
		if len(got) > 63 || got == name || strings.Contains(got, "--") || got == freeName(name) {
			t.Errorf("free name for %s is %s", name, got)
		}
	}
}
