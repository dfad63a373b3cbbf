package admission

import (
	"context"
	"slices"
	"testing"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

func service(namespace, name string) admissionv1.WebhookClientConfig {
	return admissionv1.WebhookClientConfig{Service: &admissionv1.ServiceReference{Namespace: namespace, Name: name}}
}

func TestWebhookDown(t *testing.T) {
	c := testcluster.Start(t)
	closed := "https://" + checktest.ClosedAddress(t) + "/validate"
	for name, test := range map[string]struct {
		client func(namespace string) admissionv1.WebhookClientConfig
		say    []string
	}{
		"namespace deleted": {
			func(string) admissionv1.WebhookClientConfig { return service("not-there", "kyverno-svc") },
			[]string{"Service not-there/kyverno-svc, Helm release kyverno/kyverno", `service "kyverno-svc" not found`,
				"the namespace not-there was deleted without it", "kubectl delete validatingwebhookconfiguration "},
		},
		"service deleted": {
			func(string) admissionv1.WebhookClientConfig { return service("default", "kyverno-svc") },
			[]string{"install what provides the Service kyverno-svc again"},
		},
		"no endpoints": {
			func(namespace string) admissionv1.WebhookClientConfig { return service(namespace, "empty") },
			[]string{"start the pods of the Service: kubectl -n "},
		},
		"URL": {
			func(string) admissionv1.WebhookClientConfig { return admissionv1.WebhookClientConfig{URL: &closed} },
			[]string{"connection refused", "make its URL reachable from the API server"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			namespace := c.Namespace(t)
			admitted(t, c, namespace)
			_, err := c.Client(t).CoreV1().Services(namespace).Create(t.Context(), &corev1.Service{
				ObjectMeta: metav1.ObjectMeta{
					Name: "empty",
				}, Spec: corev1.ServiceSpec{Ports: []corev1.ServicePort{{Port: 443}}},
			}, metav1.CreateOptions{})
			checktest.Must(t, err)
			checktest.DeadWebhook(t, c, namespace, test.client(namespace), admissionv1.Fail)
			var report check.Report
			eventually(t, func(context.Context) bool {
				report = admitted(t, c, namespace)
				r, _ := report.ByID("cluster.admission")
				return r.Status == check.Failed
			})
			say := append(
				slices.Clone(test.say),
				"the admission webhook "+namespace+".example.com (ValidatingWebhookConfiguration "+namespace,
			)
			result := checktest.Expect(t, report, "cluster.admission", check.Failed, say...)
			t.Logf("%s\n%s", result.Message, result.Remedy)
		})
	}
}

// TestWebhookDownIgnored accepts a dead webhook that the API server ignores.
func TestWebhookDownIgnored(t *testing.T) {
	c := testcluster.Start(t)
	namespace := c.Namespace(t)
	admitted(t, c, namespace)
	checktest.DeadWebhook(t, c, namespace, service("not-there", "kyverno-svc"), admissionv1.Ignore)
	checktest.Expect(t, admitted(t, c, namespace), "cluster.admission", check.Pass)
}
