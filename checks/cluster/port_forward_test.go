package cluster

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/kube"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

// TestPortForwardThroughProxies uses real proxies in front of the API server.
func TestPortForwardThroughProxies(t *testing.T) {
	c := testcluster.Start(t)
	isUpgrade := func(r *http.Request) bool { return r.Header.Get("Upgrade") != "" }
	for name, test := range map[string]struct {
		answers func(http.ResponseWriter, *http.Request) bool
		status  check.Status
		say     []string
	}{
		"transparent": {func(http.ResponseWriter, *http.Request) bool { return false }, check.Pass, nil},
		"slow": {func(_ http.ResponseWriter, r *http.Request) bool {
			if isUpgrade(r) {
				time.Sleep(10 * time.Second)
			}
			return false
		}, check.Pass, nil},
		"drops Upgrade": {func(_ http.ResponseWriter, r *http.Request) bool {
			r.Header.Del("Upgrade")
			r.Header.Del("Connection")
			return false
		}, check.Warned, []string{"removes the Upgrade header", "export NO_PROXY=", "expose.type"}},
		"refuses Upgrade": {func(w http.ResponseWriter, r *http.Request) bool {
			if !isUpgrade(r) {
				return false
			}
			http.Error(w, "Forbidden by corporate policy", http.StatusForbidden)
			return true
		}, check.Warned, []string{"rejects the port-forward: Forbidden by corporate policy", "allow WebSocket upgrades"}},
	} {
		t.Run(name, func(t *testing.T) {
			namespace := c.Namespace(t)
			if test.status == check.Warned {
				runPod(t, c, namespace)
			}
			e := checktest.WithCluster(t, checktest.Proxied(t, c, test.answers), namespace)
			result := checktest.Expect(
				t,
				look(t, e, "cluster.portforward"),
				"cluster.portforward",
				test.status,
				test.say...)
			t.Logf("%s\n%s", result.Message, result.Remedy)
		})
	}
}

// runPod creates a pod that is reported as running, on a node without a
// kubelet: a rejected upgrade never gets that far.
func runPod(t *testing.T, c *testcluster.Cluster, namespace string) {
	t.Helper()
	node := addNode(t, c, namespace, func(n *corev1.Node) {
		n.Status.Addresses = []corev1.NodeAddress{{Type: corev1.NodeInternalIP, Address: "127.0.0.1"}}
	})
	pods := c.Client(t).CoreV1().Pods(namespace)
	pod, err := pods.Create(
		t.Context(),
		&corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "running"}, Spec: corev1.PodSpec{
			NodeName: node, Containers: []corev1.Container{{Name: "a", Image: "example.com/none:1"}},
		}},
		metav1.CreateOptions{},
	)
	checktest.Must(t, err)
	now := int64(0)
	t.Cleanup(func() {
		_ = pods.Delete(context.WithoutCancel(t.Context()), pod.Name, metav1.DeleteOptions{GracePeriodSeconds: &now})
	})
	pod.Status.Phase = corev1.PodRunning
	_, err = pods.UpdateStatus(t.Context(), pod, metav1.UpdateOptions{})
	checktest.Must(t, err)
}

func TestPortForward(t *testing.T) {
	c := testcluster.Start(t)
	namespace := c.Namespace(t)
	ask := func(access *kube.Access) check.Report {
		return look(t, checktest.WithCluster(t, access, namespace), "cluster.portforward")
	}
	checktest.Expect(t, ask(c.Access()), "cluster.portforward", check.Pass)
	// A client certificate of a credential plugin.
	checktest.Expect(t, ask(withPlugin(t, c, "plugin", "")), "cluster.portforward", check.Pass)
	restricted := ask(checktest.ServiceAccount(t, c, namespace))
	result := checktest.Expect(
		t,
		restricted,
		"cluster.portforward",
		check.Skipped,
		"you cannot create pods/portforward",
	)
	if strings.Contains(result.Message, "Get \"") {
		t.Error(result.Message)
	}
}
