package checktest

import (
	"context"
	"testing"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

// DeadWebhook registers a webhook for the new objects of a namespace that nothing
// serves.
func DeadWebhook(
	t *testing.T, c *testcluster.Cluster, namespace string, client admissionv1.WebhookClientConfig,
	policy admissionv1.FailurePolicyType,
) {
	t.Helper()
	api, ctx := c.Client(t).AdmissionregistrationV1(), context.WithoutCancel(t.Context())
	effects, seconds := admissionv1.SideEffectClassNoneOnDryRun, int32(2)
	_, err := api.ValidatingWebhookConfigurations().Create(ctx, &admissionv1.ValidatingWebhookConfiguration{
		ObjectMeta: metav1.ObjectMeta{Name: namespace, Annotations: map[string]string{
			"meta.helm.sh/release-name": "kyverno", "meta.helm.sh/release-namespace": "kyverno",
		}},
		Webhooks: []admissionv1.ValidatingWebhook{{
			Name: namespace + ".example.com", ClientConfig: client, FailurePolicy: &policy, SideEffects: &effects,
			TimeoutSeconds: &seconds, AdmissionReviewVersions: []string{"v1"},
			Rules: []admissionv1.RuleWithOperations{{
				Operations: []admissionv1.OperationType{admissionv1.Create},
				Rule: admissionv1.Rule{APIGroups: []string{""}, APIVersions: []string{"v1"},
					Resources: []string{"pods", "secrets", "services", "serviceaccounts"}},
			}},
			NamespaceSelector: &metav1.LabelSelector{
				MatchLabels: map[string]string{corev1.LabelMetadataName: namespace},
			},
		}},
	}, metav1.CreateOptions{})
	Must(t, err)
	t.Cleanup(func() { _ = api.ValidatingWebhookConfigurations().Delete(ctx, namespace, metav1.DeleteOptions{}) })
}
