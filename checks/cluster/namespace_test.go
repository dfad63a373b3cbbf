package cluster

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

func TestClusterNamespaceFaults(t *testing.T) {
	c := testcluster.Start(t)
	client, name := c.Client(t), c.Namespace(t)
	// A finalizer keeps the namespace terminating.
	held, err := client.CoreV1().ConfigMaps(name).Create(t.Context(),
		&corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "held", Finalizers: []string{"example.com/hold"}}},
		metav1.CreateOptions{})
	checktest.Must(t, err)
	restricted := checktest.ServiceAccount(t, c, name)
	checktest.Expect(t, look(t, checktest.WithCluster(t, restricted, name), "cluster.namespace"), "cluster.namespace",
		check.Warned, "you cannot get the namespace")
	checktest.Must(t, client.CoreV1().Namespaces().Delete(t.Context(), name, metav1.DeleteOptions{}))
	t.Cleanup(func() {
		held.Finalizers = nil
		held.ResourceVersion = ""
		_, err := client.CoreV1().ConfigMaps(name).Update(checktest.ContextOf(t), held, metav1.UpdateOptions{})
		if err != nil {
			t.Log(err)
		}
	})
	checktest.Expect(t, look(t, checktest.WithCluster(t, c.Access(), name), "cluster.namespace"), "cluster.namespace",
		check.Failed, "has been terminating since", "kubectl wait")
	checktest.Expect(t, look(t, checktest.WithCluster(t, c.Access(), "not-there-yet"), "cluster.namespace"),
		"cluster.namespace", check.Pass, "will be created")
}
