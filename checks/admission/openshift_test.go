package admission

import (
	"context"
	"testing"

	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

// onOpenShift is a healthy set-up that cluster.admission accepts.
const onOpenShift = "OpenShift, with server.security.profile openshift or a granted constraint"

// project annotates a namespace as OpenShift does. The sandbox enforces none of
// it, like OpenShift when an admin creates the pods.
func project(t *testing.T, c *testcluster.Cluster, namespace string) {
	t.Helper()
	namespaces := c.Client(t).CoreV1().Namespaces()
	found, err := namespaces.Get(t.Context(), namespace, metav1.GetOptions{})
	checktest.Must(t, err)
	found.Annotations = map[string]string{sccUsers: "1000680000/10000", sccExtra: "1000680000/10000"}
	_, err = namespaces.Update(t.Context(), found, metav1.UpdateOptions{})
	checktest.Must(t, err)
}

func openShift(pod, container map[string]any) func(*answers.Answers) {
	return func(a *answers.Answers) {
		a.Server.Security = answers.Security{Profile: answers.SecurityOpenShift, Pod: pod, Container: container}
	}
}

func TestAdmissionOnOpenShift(t *testing.T) {
	c := testcluster.Start(t)
	namespace := c.Namespace(t)
	project(t, c, namespace)
	checktest.Expect(t, admitted(t, c, namespace), "cluster.admission", check.Failed, "ServiceAccount zenml",
		"runAsUser 1000 and fsGroup 1000", "the users 1000680000/10000", "server: {security: {profile: openshift}}",
		"oc adm policy add-scc-to-user nonroot-v2 -z zenml -n "+namespace)
	checktest.Accept(t, admitted(t, c, namespace, openShift(nil, nil)), "cluster.admission", onOpenShift, check.Pass)
	checktest.Expect(
		t,
		admitted(t, c, namespace,
			openShift(map[string]any{"fsGroup": 1000680000}, map[string]any{"runAsUser": 1000689999})),
		"cluster.admission",
		check.Pass,
	)
	checktest.Expect(
		t,
		admitted(t, c, namespace,
			openShift(map[string]any{"fsGroup": 1000680001}, map[string]any{"runAsUser": 1000690000})),
		"cluster.admission",
		check.Failed,
		"runAsUser 1000690000 and fsGroup 1000680001",
		"remove server.security.container.runAsUser and server.security.pod.fsGroup",
	)
	byValues := func(a *answers.Answers) {
		openShift(nil, nil)(a)
		a.Values = map[string]any{"securityContext": map[string]any{"runAsUser": 0, "runAsNonRoot": false}}
	}
	checktest.Expect(t, admitted(t, c, namespace, byValues), "cluster.admission", check.Failed, "runAsUser 0",
		"podSecurityContext and securityContext in values", "add-scc-to-user anyuid -z zenml")
	restricted := checktest.WithCluster(t, installerAccount(t, c, namespace), namespace)
	checktest.Expect(t, look(t, restricted, "cluster.admission"), "cluster.admission", check.Warned, "runAsUser 1000",
		"whether the account can use other constraints is unknown", "profile: openshift")
}

// TestAdmissionOnOpenShiftWithGrantedConstraint grants the server's account the
// same permission as oc adm policy add-scc-to-user.
func TestAdmissionOnOpenShiftWithGrantedConstraint(t *testing.T) {
	c := testcluster.Start(t)
	namespace := c.Namespace(t)
	project(t, c, namespace)
	api, meta := c.Client(t).RbacV1(), metav1.ObjectMeta{Name: "system:openshift:scc:nonroot-v2"}
	_, err := api.Roles(namespace).Create(t.Context(), &rbacv1.Role{ObjectMeta: meta, Rules: []rbacv1.PolicyRule{
		{
			APIGroups:     []string{sccGroup},
			Resources:     []string{"securitycontextconstraints"},
			ResourceNames: []string{"nonroot-v2"},
			Verbs:         []string{"use"},
		},
	}}, metav1.CreateOptions{})
	checktest.Must(t, err)
	_, err = api.RoleBindings(namespace).Create(t.Context(), &rbacv1.RoleBinding{
		ObjectMeta: meta, RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "Role", Name: meta.Name},
		Subjects: []rbacv1.Subject{{Kind: rbacv1.ServiceAccountKind, Name: "zenml", Namespace: namespace}},
	}, metav1.CreateOptions{})
	checktest.Must(t, err)
	// The API server applies a new binding after a while.
	eventually(t, func(context.Context) bool {
		r, _ := admitted(t, c, namespace).ByID("cluster.admission")
		return r.Status == check.Pass
	})
	checktest.Accept(t, admitted(t, c, namespace), "cluster.admission", onOpenShift, check.Pass)
	asRoot := func(a *answers.Answers) {
		a.Values = map[string]any{"securityContext": map[string]any{"runAsUser": 0, "runAsNonRoot": false}}
	}
	checktest.Expect(t, admitted(t, c, namespace, asRoot), "cluster.admission", check.Failed, "runAsUser 0")
}

// TestAdmissionBeforeOpenShiftCreatesNamespace uses a proxy that adds
// OpenShift's API group.
func TestAdmissionBeforeOpenShiftCreatesNamespace(t *testing.T) {
	c := testcluster.Start(t)
	defaultReady(t, c)
	access := checktest.Serving(t, c, sccGroup)
	checktest.Expect(t, look(t, checktest.WithCluster(t, access, notThere), "cluster.admission"), "cluster.admission",
		check.Warned, "runAsUser 1000 and fsGroup 1000", "it assigns a range of its own to a new namespace",
		"profile: openshift")
	checktest.Expect(t, look(t, checktest.WithCluster(t, access, notThere, openShift(nil, nil)), "cluster.admission"),
		"cluster.admission", check.Pass)
}

func TestOpenShiftsRanges(t *testing.T) {
	for text, want := range map[string][2]int64{
		"1000680000/10000": {1000680000, 1000689999}, "5-9": {5, 9}, "7/1": {7, 7},
	} {
		first, last, ok := block(text)
		if !ok || first != want[0] || last != want[1] {
			t.Errorf("%q is %d to %d, %t", text, first, last, ok)
		}
	}
	for _, text := range []string{"", "x/1", "5", "5/"} {
		if _, _, ok := block(text); ok {
			t.Errorf("%q is taken for a range", text)
		}
	}
	several := givenIDs{users: "5/5", groups: "7/1,9/1"}
	if !several.isGroup(7) || several.isGroup(9) || several.hasUser(10) || !several.hasUser(9) {
		t.Error("a pod's fsGroup is the first of the groups, its user any of the users")
	}
}
