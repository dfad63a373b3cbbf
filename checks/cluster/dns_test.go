package cluster

import (
	"net/http"
	"slices"
	"testing"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

// TestDNS checks the sandbox's DNS, and in the test's namespace a missing one
// and one without a ready pod.
func TestDNS(t *testing.T) {
	c := testcluster.Start(t)
	client, namespace := c.Client(t), c.Namespace(t)
	e := checktest.WithCluster(t, c.Access(), namespace)
	checktest.Expect(t, look(t, e, "cluster.dns"), "cluster.dns", check.Pass, "ready")

	before := dnsServices
	t.Cleanup(func() { dnsServices = before })
	dnsServices = slices.Clone(before[:1])
	dnsServices[0].namespace = namespace
	checktest.Expect(t, look(t, e, "cluster.dns"), "cluster.dns", check.Warned, "there is no cluster DNS Service")
	service, err := client.CoreV1().Services(namespace).Create(t.Context(), &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Name: "dns", Labels: map[string]string{"k8s-app": "kube-dns"}},
		Spec:       corev1.ServiceSpec{Ports: []corev1.ServicePort{{Port: 53}}},
	}, metav1.CreateOptions{})
	checktest.Must(t, err)
	checktest.Expect(t, look(t, e, "cluster.dns"), "cluster.dns", check.Failed, "has no ready pod")
	gke := checktest.WithCluster(t, checktest.Proxied(t, c, func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/version" {
			_, _ = w.Write([]byte(`{"gitVersion": "v1.35.2-gke.1842000"}`))
		}
		return r.URL.Path == "/version"
	}), namespace)
	checktest.Accept(t, look(t, gke, "cluster.dns"), "cluster.dns",
		"Cloud DNS for GKE, with a DNS Service that has no pods (a warning)", check.Warned, "networkConfig.dnsConfig")
	ready := true
	_, err = client.DiscoveryV1().EndpointSlices(namespace).Create(t.Context(), &discoveryv1.EndpointSlice{
		ObjectMeta: metav1.ObjectMeta{
			GenerateName: service.Name + "-",
			Labels:       map[string]string{"kubernetes.io/service-name": service.Name},
		},
		AddressType: discoveryv1.AddressTypeIPv4,
		Endpoints: []discoveryv1.Endpoint{
			{Addresses: []string{"10.1.2.3"}, Conditions: discoveryv1.EndpointConditions{Ready: &ready}},
		},
	}, metav1.CreateOptions{})
	checktest.Must(t, err)
	checktest.Expect(t, look(t, e, "cluster.dns"), "cluster.dns", check.Pass, "1 ready")
}
