package admission

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

// limitRange sets the default memory limit of a namespace.
func limitRange(t *testing.T, c *testcluster.Cluster, namespace, limit string) {
	t.Helper()
	item := corev1.LimitRangeItem{
		Type:           corev1.LimitTypeContainer,
		Default:        corev1.ResourceList{corev1.ResourceMemory: resource.MustParse(limit)},
		DefaultRequest: corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("64Mi")},
	}
	_, err := c.Client(t).CoreV1().LimitRanges(namespace).Create(t.Context(), &corev1.LimitRange{
		ObjectMeta: metav1.ObjectMeta{
			Name: "defaults",
		}, Spec: corev1.LimitRangeSpec{Limits: []corev1.LimitRangeItem{item}},
	}, metav1.CreateOptions{})
	checktest.Must(t, err)
}

func limits(t *testing.T, c *testcluster.Cluster, namespace string, change ...func(*answers.Answers)) check.Report {
	t.Helper()
	change = append(change, onMySQL)
	return look(t, checktest.WithCluster(t, c.Access(), namespace, change...), "cluster.limits")
}

func memory(server, migration string) func(*answers.Answers) {
	return func(a *answers.Answers) {
		a.Server.Resources.Limits = map[string]string{"memory": server}
		a.Server.MigrationResources.Limits = map[string]string{"memory": migration}
	}
}

func TestLimitsOfLimitRange(t *testing.T) {
	c := testcluster.Start(t)
	namespace := c.Namespace(t)
	admitted(t, c, namespace)
	checktest.Expect(t, limits(t, c, namespace), "cluster.limits", check.Pass)
	limitRange(t, c, namespace, "128Mi")
	checktest.Expect(t, limits(t, c, namespace), "cluster.limits", check.Warned,
		"the memory limit of the migration is 128Mi (added by LimitRange defaults), but it peaks at about 180 MB",
		"the memory limit of the server is 128Mi",
		"server: {migrationResources: {requests: {memory: 256Mi}, limits: {memory: 1Gi}}}")
	checktest.Expect(t, limits(t, c, namespace, memory("1Gi", "512Mi")), "cluster.limits", check.Pass)
	checktest.Expect(t, limits(t, c, namespace, memory("1Gi", "100Mi")), "cluster.limits", check.Warned,
		"the migration is 100Mi (server.migrationResources.limits)")
}

func TestLimitsHealthy(t *testing.T) {
	c := testcluster.Start(t)
	namespace := c.Namespace(t)
	admitted(t, c, namespace)
	limitRange(t, c, namespace, "512Mi")
	checktest.Accept(t, limits(t, c, namespace), "cluster.limits",
		"default limits of a LimitRange that are high enough", check.Pass)
}

func TestLimitsOfPolicy(t *testing.T) {
	c := testcluster.Start(t)
	namespace := c.Namespace(t)
	admitted(t, c, namespace)
	mutate(t, c, namespace, `[JSONPatch{op: "add", path: "/spec/containers/0/resources", `+
		`value: Object.spec.containers.resources{limits: {"memory": "64Mi"}}}]`, "")
	checktest.Expect(
		t,
		limits(t, c, namespace),
		"cluster.limits",
		check.Warned,
		"64Mi (added by a policy of the cluster)",
	)
}

// TestLimitsWithoutPermissionToCreatePods uses the LimitRange.
func TestLimitsWithoutPermissionToCreatePods(t *testing.T) {
	c := testcluster.Start(t)
	namespace := c.Namespace(t)
	access := installerAccount(t, c, namespace, onMySQL)
	e := checktest.WithCluster(t, access, namespace, onMySQL)
	checktest.Expect(t, look(t, e, "cluster.limits"), "cluster.limits", check.Skipped, "you cannot create pods")
}
