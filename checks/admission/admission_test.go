package admission

import (
	"context"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/checks/cluster"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/kube"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

// admitted waits for the namespace's default ServiceAccount, which every pod needs,
// and runs the check.
func admitted(t *testing.T, c *testcluster.Cluster, namespace string, change ...func(*answers.Answers)) check.Report {
	t.Helper()
	eventually(t, func(ctx context.Context) bool {
		_, err := c.Client(t).CoreV1().ServiceAccounts(namespace).Get(ctx, "default", metav1.GetOptions{})
		return err == nil
	})
	return look(t, checktest.WithCluster(t, c.Access(), namespace, change...), "cluster.admission")
}

// eventually polls until the condition is true.
func eventually(t *testing.T, fact func(context.Context) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	for !fact(ctx) {
		select {
		case <-ctx.Done():
			t.Fatal("the condition is not true within 30 s")
		case <-ticker.C:
		}
	}
}

func TestAdmissionAccepts(t *testing.T) {
	c := testcluster.Start(t)
	namespace := c.Namespace(t)
	checktest.Expect(t, admitted(t, c, namespace), "cluster.admission", check.Pass, "accepted")
	left, err := c.Client(t).CoreV1().Pods(namespace).List(t.Context(), metav1.ListOptions{})
	checktest.Must(t, err)
	if len(left.Items) != 0 {
		t.Errorf("%d pods were created", len(left.Items))
	}
}

func TestAdmissionByPodSecurity(t *testing.T) {
	c := testcluster.Start(t)
	namespace := c.Namespace(t)
	label(t, c, namespace, "pod-security.kubernetes.io/enforce", "restricted")
	checktest.Expect(t, admitted(t, c, namespace), "cluster.admission", check.Failed, "violates PodSecurity",
		"profile: restricted")
	restricted := func(a *answers.Answers) { a.Server.Security.Profile = answers.SecurityRestricted }
	checktest.Accept(t, admitted(t, c, namespace, restricted, onMySQL), "cluster.admission",
		"a namespace that enforces the restricted Pod Security level, with server.security.profile restricted", check.Pass)
}

func label(t *testing.T, c *testcluster.Cluster, namespace, key, value string) {
	t.Helper()
	found, err := c.Client(t).CoreV1().Namespaces().Get(t.Context(), namespace, metav1.GetOptions{})
	checktest.Must(t, err)
	found.Labels[key] = value
	_, err = c.Client(t).CoreV1().Namespaces().Update(t.Context(), found, metav1.UpdateOptions{})
	checktest.Must(t, err)
}

// quota limits a namespace and waits until existing objects are counted.
func quota(t *testing.T, c *testcluster.Cluster, namespace string, hard map[corev1.ResourceName]string) {
	t.Helper()
	limits := corev1.ResourceList{}
	for name, most := range hard {
		limits[name] = resource.MustParse(most)
	}
	quotas := c.Client(t).CoreV1().ResourceQuotas(namespace)
	_, err := quotas.Create(
		t.Context(),
		&corev1.ResourceQuota{
			ObjectMeta: metav1.ObjectMeta{Name: "small"},
			Spec:       corev1.ResourceQuotaSpec{Hard: limits},
		},
		metav1.CreateOptions{},
	)
	checktest.Must(t, err)
	eventually(t, func(ctx context.Context) bool {
		q, err := quotas.Get(ctx, "small", metav1.GetOptions{})
		return err == nil && len(q.Status.Hard) == len(hard) && len(q.Status.Used) == len(hard)
	})
}

// admittedUntil runs the check until it ends with status: the quota controller and the
// API server read from caches, which lag behind what was just made.
func admittedUntil(t *testing.T, c *testcluster.Cluster, namespace string, status check.Status,
	edits ...func(*answers.Answers),
) check.Report {
	t.Helper()
	var report check.Report
	eventually(t, func(context.Context) bool {
		report = admitted(t, c, namespace, edits...)
		r, _ := report.ByID("cluster.admission")
		return r.Status == status
	})
	return report
}

func TestAdmissionByQuota(t *testing.T) {
	c := testcluster.Start(t)
	namespace := c.Namespace(t)
	quota(t, c, namespace, map[corev1.ResourceName]string{"limits.memory": "1Gi"})
	checktest.Expect(t, admittedUntil(t, c, namespace, check.Failed), "cluster.admission", check.Failed,
		"must specify limits.memory",
		"server.resources")
	memory := func(most string) func(*answers.Answers) {
		return func(a *answers.Answers) {
			a.Values = map[string]any{"resources": map[string]any{"limits": map[string]any{"memory": most}}}
		}
	}
	checktest.Expect(t, admitted(t, c, namespace, memory("2Gi")), "cluster.admission", check.Failed, "exceeded quota",
		"server.resources", "describe quota small")
	checktest.Expect(t, admitted(t, c, namespace, memory("512Mi")), "cluster.admission", check.Pass)
}

func TestAdmissionByQuotaWithDefaults(t *testing.T) {
	c := testcluster.Start(t)
	namespace := c.Namespace(t)
	quota(t, c, namespace, map[corev1.ResourceName]string{"limits.memory": "2Gi", "requests.memory": "2Gi"})
	limitRange(t, c, namespace, "512Mi")
	checktest.Accept(t, admittedUntil(t, c, namespace, check.Pass, onMySQL), "cluster.admission",
		"a ResourceQuota that requires limits, which a LimitRange sets", check.Pass)
}

func TestAdmissionByObjectQuota(t *testing.T) {
	c := testcluster.Start(t)
	for name, most := range map[string]string{"services": "0", "count/deployments.apps": "0", "pods": "0"} {
		namespace := c.Namespace(t)
		quota(t, c, namespace, map[corev1.ResourceName]string{corev1.ResourceName(name): most})
		result := checktest.Expect(
			t,
			admittedUntil(t, c, namespace, check.Failed),
			"cluster.admission",
			check.Failed,
			"exceeded quota: small",
			"requested: "+name+"=1",
			"delete objects of this kind",
			"kubectl -n "+namespace+" describe quota small",
		)
		if strings.Contains(result.Remedy, "server.resources") {
			t.Errorf("%s: the containers' resources do not fix it: %s", name, result.Remedy)
		}
	}
	namespace := c.Namespace(t)
	quota(t, c, namespace, map[corev1.ResourceName]string{"requests.storage": "1Mi"})
	onVolume := admittedUntil(t, c, namespace, check.Failed, checktest.OnVolume)
	checktest.Expect(t, onVolume, "cluster.admission", check.Failed,
		"requested: requests.storage=1Gi", "database.sqlite.size")
}

func TestAdmissionByPolicy(t *testing.T) {
	c := testcluster.Start(t)
	namespace := c.Namespace(t)
	checktest.Policy(t, c, namespace, namespace, "deployments", "!('team' in object.metadata.labels)")
	refused := admittedUntil(t, c, namespace, check.Failed)
	checktest.Expect(t, refused, "cluster.admission", check.Failed, "says "+namespace,
		"satisfy the policy")
}

func TestAdmissionOfInvalidObject(t *testing.T) {
	c := testcluster.Start(t)
	invalid := func(a *answers.Answers) {
		a.Values = map[string]any{"server": map[string]any{"service": map[string]any{"port": 99999}}}
	}
	checktest.Expect(t, admitted(t, c, c.Namespace(t), invalid), "cluster.admission", check.Failed,
		"Service zenml-server", "between 1 and 65535")
}

// installerAccount returns the access of an account with exactly the Role that an
// install needs: it cannot create pods.
func installerAccount(
	t *testing.T, c *testcluster.Cluster, namespace string, change ...func(*answers.Answers),
) *kube.Access {
	t.Helper()
	role, err := cluster.RBAC(t.Context(), checktest.WithCluster(t, c.Access(), namespace, change...))
	checktest.Must(t, err)
	access := checktest.ServiceAccount(t, c, namespace)
	mine := strings.Replace(string(role), "kind: User", "kind: ServiceAccount\n  namespace: "+namespace, 1)
	mine = mine[:strings.LastIndex(mine, "  name: ")] + "  name: restricted\n"
	mine = strings.Replace(mine, "- apiGroup: rbac.authorization.k8s.io\n  kind: ServiceAccount",
		"- kind: ServiceAccount", 1)
	checktest.Apply(t, c, namespace, []byte(mine))
	return access
}

func restrictedPods(a *answers.Answers) { a.Server.Security.Profile = answers.SecurityRestricted }

// TestAdmissionWithoutPermissionToCreatePods evaluates the pods, which cannot be
// tried, against the namespace's label.
func TestAdmissionWithoutPermissionToCreatePods(t *testing.T) {
	c := testcluster.Start(t)
	namespace := c.Namespace(t)
	access := installerAccount(t, c, namespace)
	under := func(level string, change ...func(*answers.Answers)) check.Report {
		label(t, c, namespace, "pod-security.kubernetes.io/enforce", level)
		return look(t, checktest.WithCluster(t, access, namespace, change...), "cluster.admission")
	}
	untried := look(t, checktest.WithCluster(t, access, namespace), "cluster.admission")
	result := checktest.Expect(t, untried, "cluster.admission", check.Warned, "accepted; not tried: Pod",
		"cannot create resource \"pods\"", "preflight --only cluster.admission")
	if strings.Contains(result.Message, "allows the pods") {
		t.Errorf("the namespace has no label that allows the pods: %s", result.Message)
	}
	checktest.Expect(t, under("baseline"), "cluster.admission", check.Warned, "not tried: Pod",
		"enforce=baseline allows the pods")
	checktest.Expect(t, under("restricted"), "cluster.admission", check.Failed, "violates PodSecurity \"restricted:v1.",
		"allowPrivilegeEscalation", "profile: restricted")
	checktest.Expect(t, under("restricted", restrictedPods), "cluster.admission", check.Warned,
		"enforce=restricted allows the pods")
	// The version of the label counts: v1.7 did not require this yet.
	label(t, c, namespace, "pod-security.kubernetes.io/enforce-version", "v1.7")
	checktest.Expect(t, under("restricted"), "cluster.admission", check.Warned, "enforce=restricted allows the pods")
}

// TestAdmissionUsesServiceAccount rejects the pods of one account only.
func TestAdmissionUsesServiceAccount(t *testing.T) {
	c := testcluster.Start(t)
	namespace := c.Namespace(t)
	checktest.Policy(t, c, namespace, namespace, "pods", "object.spec.serviceAccountName == 'default'")
	eventually(t, func(context.Context) bool {
		r, _ := admitted(t, c, namespace).ByID("cluster.admission")
		return r.Status == check.Failed
	})
	checktest.Expect(t, admitted(t, c, namespace), "cluster.admission", check.Failed, "says "+namespace,
		"(tried as the ServiceAccount default, because zenml does not exist yet)")
	own := func(a *answers.Answers) {
		a.Server.ServiceAccount.Name, a.Server.ServiceAccount.Existing = "keeper", true
	}
	checktest.Expect(t, admitted(t, c, namespace, own), "cluster.admission", check.Failed,
		"error looking up service account", "create serviceaccount keeper")
	_, err := c.Client(t).CoreV1().ServiceAccounts(
		namespace,
	).Create(t.Context(), &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: "keeper"}}, metav1.CreateOptions{})
	checktest.Must(t, err)
	checktest.Expect(t, admitted(t, c, namespace, own), "cluster.admission", check.Pass)
}
