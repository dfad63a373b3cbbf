package cluster

import (
	"bytes"
	"strings"
	"testing"

	rbacv1 "k8s.io/api/rbac/v1"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

func ingress(a *answers.Answers) {
	a.Values = map[string]any{
		"server": map[string]any{"ingress": map[string]any{"enabled": true, "host": "zenml.example.com"}},
	}
}

func TestPermissionsOfRestrictedAccount(t *testing.T) {
	c := testcluster.Start(t)
	name := c.Namespace(t)
	access := checktest.ServiceAccount(
		t,
		c,
		name,
		rbacv1.PolicyRule{APIGroups: []string{""}, Resources: []string{"namespaces"}, Verbs: []string{"get"}},
		rbacv1.PolicyRule{
			APIGroups: []string{""},
			Resources: []string{
				"secrets",
				"services",
				"serviceaccounts",
				"pods",
				"pods/log",
				"events",
				"persistentvolumeclaims",
			},
			Verbs: []string{"*"},
		},
		rbacv1.PolicyRule{
			APIGroups: []string{"apps"},
			Resources: []string{"*"},
			Verbs:     []string{"get", "list", "watch", "create"},
		},
	)
	e := checktest.WithCluster(t, access, name, ingress)
	result := checktest.Expect(t, look(t, e, "cluster.permissions"), "cluster.permissions", check.Failed,
		"patch and delete deployments.apps", "get, list and watch jobs.batch",
		"get, create, patch and delete ingresses.networking.k8s.io", "create pods/portforward",
		"kind: Role", "name: restricted", "namespace: "+name)
	for _, given := range []string{"secrets", "serviceaccounts", "replicasets"} {
		if strings.Contains(result.Message, given) {
			t.Errorf("%s are granted, but reported as missing: %s", given, result.Message)
		}
	}
	role, err := RBAC(t.Context(), e)
	checktest.Must(t, err)
	withoutLeases := bytes.ReplaceAll(role, []byte("name: zenml-installer"), []byte("name: without-leases"))
	checktest.Apply(t, c, name, bytes.Replace(withoutLeases, []byte("- leases\n"), []byte("- others\n"), 1))
	checktest.Expect(t, look(t, e, "cluster.permissions"), "cluster.permissions", check.Warned,
		"get, create, update and delete leases.coordination.k8s.io", "are not detected")
	checktest.Apply(t, c, name, role)
	checktest.Expect(t, look(t, e, "cluster.permissions"), "cluster.permissions", check.Pass)
}

func TestPermissionsToCreateNamespace(t *testing.T) {
	c := testcluster.Start(t)
	access := checktest.ServiceAccount(t, c, c.Namespace(t))
	e := checktest.WithCluster(t, access, "a-namespace-that-is-not-there")
	// Without permission to get it, its existence is unknown.
	checktest.Expect(t, look(t, e, "cluster.namespace"), "cluster.namespace", check.Warned)
	checktest.Expect(t, look(t, e, "cluster.permissions"), "cluster.permissions", check.Failed, "get namespaces")

	role, err := RBAC(t.Context(), checktest.WithCluster(t, c.Access(), "a-namespace-that-is-not-there"))
	checktest.Must(t, err)
	for _, want := range []string{"kind: ClusterRole\n", "kind: ClusterRoleBinding\n", "- create\n"} {
		if !strings.Contains(string(role), want) {
			t.Errorf("the manifests lack %q:\n%s", want, role)
		}
	}
}
