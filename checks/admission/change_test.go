package admission

import (
	"testing"

	"helm.sh/helm/v3/pkg/action"
	"helm.sh/helm/v3/pkg/chart/loader"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/cli-runtime/pkg/genericclioptions"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

// installed installs the stand-in chart with Helm, without waiting for its pods.
func installed(t *testing.T, c *testcluster.Cluster, namespace string) {
	t.Helper()
	flags := genericclioptions.NewConfigFlags(true)
	*flags.KubeConfig, *flags.Namespace = c.Kubeconfig, namespace
	var config action.Configuration
	checktest.Must(t, config.Init(flags, namespace, "secret", func(string, ...any) {}))
	chart, err := loader.Load(checktest.Chart(t))
	checktest.Must(t, err)
	install := action.NewInstall(&config)
	install.ReleaseName, install.Namespace = "zenml-server", namespace
	_, err = install.RunWithContext(t.Context(), chart,
		map[string]any{"server": map[string]any{"ingress": map[string]any{"enabled": false}}})
	checktest.Must(t, err)
}

func onPort(port int) func(*answers.Answers) {
	return func(a *answers.Answers) {
		a.Values = map[string]any{"server": map[string]any{"service": map[string]any{"port": port}}}
	}
}

// TestAdmissionOfUpgradeWithFullQuota upgrades in a namespace whose quota is used up
// by the release's own objects.
func TestAdmissionOfUpgradeWithFullQuota(t *testing.T) {
	c := testcluster.Start(t)
	namespace := c.Namespace(t)
	quota(t, c, namespace, map[corev1.ResourceName]string{"services": "1", "count/deployments.apps": "1"})
	installed(t, c, namespace)
	checktest.Expect(t, admitted(t, c, namespace), "cluster.admission", check.Pass)
	checktest.Expect(t, admitted(t, c, namespace, onPort(8081)), "cluster.admission", check.Pass)
	checktest.Expect(t, admitted(t, c, namespace, onPort(99999)), "cluster.admission", check.Failed,
		"Service zenml-server", "between 1 and 65535")
	now, err := c.Client(t).CoreV1().Services(namespace).Get(t.Context(), "zenml-server", metav1.GetOptions{})
	checktest.Must(t, err)
	if port := now.Spec.Ports[0].Port; port != 80 {
		t.Errorf("the trial changed the Service: it has port %d", port)
	}
	second := func(a *answers.Answers) { a.Cluster.Release = "zenml-second" }
	refused := admittedUntil(t, c, namespace, check.Failed, second)
	checktest.Expect(t, refused, "cluster.admission", check.Failed, "Service zenml-second",
		"exceeded quota: small")
}

// TestAdmissionOfUpgradeWithInstallerRole tries the upgrade with an account that can
// patch but not update.
func TestAdmissionOfUpgradeWithInstallerRole(t *testing.T) {
	c := testcluster.Start(t)
	namespace := c.Namespace(t)
	installed(t, c, namespace)
	e := checktest.WithCluster(t, installerAccount(t, c, namespace), namespace, onPort(99999))
	checktest.Expect(t, look(t, e, "cluster.admission"), "cluster.admission", check.Failed, "Service zenml-server",
		"between 1 and 65535")
}

// TestAdmissionOfReplacedHook leaves a migration Job of the release, which Helm
// deletes before it creates the next one.
func TestAdmissionOfReplacedHook(t *testing.T) {
	c := testcluster.Start(t)
	namespace := c.Namespace(t)
	pod := corev1.PodSpec{
		RestartPolicy: corev1.RestartPolicyNever,
		Containers:    []corev1.Container{{Name: "a", Image: "example.com/none:1"}},
	}
	left := &batchv1.Job{ObjectMeta: metav1.ObjectMeta{
		Name:   "zenml-server-db-migration",
		Labels: map[string]string{"app.kubernetes.io/managed-by": "Helm", "app.kubernetes.io/instance": "other"},
	}, Spec: batchv1.JobSpec{Template: corev1.PodTemplateSpec{Spec: pod}}}
	// A Job that is made after the quota is counted on admission; the quota controller
	// could miss one that was made just before it.
	quota(t, c, namespace, map[corev1.ResourceName]string{"count/jobs.batch": "1"})
	jobs := c.Client(t).BatchV1().Jobs(namespace)
	_, err := jobs.Create(t.Context(), left, metav1.CreateOptions{})
	checktest.Must(t, err)
	refused := admittedUntil(t, c, namespace, check.Failed, onMySQL)
	checktest.Expect(t, refused, "cluster.admission", check.Failed,
		"Job zenml-server-db-migration", "exceeded quota: small")
	ours := []byte(`{"metadata": {"labels": {"app.kubernetes.io/instance": "zenml-server"}}}`)
	_, err = jobs.Patch(t.Context(), "zenml-server-db-migration", types.MergePatchType, ours, metav1.PatchOptions{})
	checktest.Must(t, err)
	accepted := admittedUntil(t, c, namespace, check.Pass, onMySQL)
	checktest.Expect(t, accepted, "cluster.admission", check.Pass)
}
