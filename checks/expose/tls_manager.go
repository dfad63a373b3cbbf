package expose

import (
	"context"
	"fmt"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	discoveryv1 "k8s.io/api/discovery/v1"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// certManager looks at everything that cert-manager needs to get the
// certificate.
func certManager(ctx context.Context, e *check.Env) (string, error) {
	skip := e.Answers.Prerequisites.CertManager == answers.PrerequisiteSkip
	missing, err := missingCertManager(ctx, e)
	switch {
	case err != nil:
		return "", err
	case len(missing) > 0 && skip:
		return "", check.Skip("prerequisites.certManager is skip")
	case len(missing) > 0:
		wanted := e.Answers.Prerequisites.CertManager == answers.PrerequisiteInstall
		return "", &check.Fault{Found: "cert-manager is not installed: the cluster knows no " + check.JoinAnd(missing) + " (cert-manager.io/v1)" + leftToYou("prerequisites.certManager", wanted),
			Remedy: "install it, or take another certificate: expose: {tls: {mode: self-signed}}\n" + installCertManager}
	}
	if err := certManagerWebhook(ctx, e); err != nil {
		return "", err
	}
	return checkIssuer(ctx, e)
}

func missingCertManager(ctx context.Context, e *check.Env) ([]string, error) {
	var missing []string
	for _, r := range []string{certificateResource.Resource, issuerResource.Resource, clusterIssuerResource.Resource} {
		served, err := check.Serves(ctx, e, certificateResource.GroupVersion().WithResource(r))
		if err != nil {
			return nil, err
		}
		if !served {
			missing = append(missing, r)
		}
	}
	return missing, nil
}

// certManagerWebhook finds cert-manager's webhook and sees that it answers:
// without it the API server refuses every Certificate.
func certManagerWebhook(ctx context.Context, e *check.Env) error {
	if err := webhookEndpoints(ctx, e); err != nil {
		return err
	}
	return tryCertificate(ctx, e)
}

func webhookEndpoints(ctx context.Context, e *check.Env) error {
	client, err := e.Cluster.Client()
	if err != nil {
		return err
	}
	hooks, err := client.AdmissionregistrationV1().ValidatingWebhookConfigurations().List(ctx, metav1.ListOptions{})
	if apierrors.IsForbidden(err) {
		return nil // the trial that follows proves it as well
	}
	if err != nil {
		return check.KubeError(err)
	}
	for _, configuration := range hooks.Items {
		for _, hook := range configuration.Webhooks {
			service := hook.ClientConfig.Service
			if service == nil || len(hook.Rules) == 0 || !slices.Contains(hook.Rules[0].APIGroups, certificateResource.Group) {
				continue
			}
			slicesOf, err := client.DiscoveryV1().EndpointSlices(service.Namespace).List(ctx, metav1.ListOptions{LabelSelector: discoveryv1.LabelServiceName + "=" + service.Name})
			if err == nil && !slices.ContainsFunc(slicesOf.Items, hasReady) {
				return webhookFault(fmt.Sprintf("Service %s in namespace %s has no ready endpoint", service.Name, service.Namespace), service.Namespace)
			}
		}
	}
	return nil
}

func hasReady(s discoveryv1.EndpointSlice) bool {
	return slices.ContainsFunc(s.Endpoints, func(p discoveryv1.Endpoint) bool {
		return p.Conditions.Ready == nil || *p.Conditions.Ready
	})
}

func webhookFault(reason, namespace string) *check.Fault {
	return &check.Fault{Found: "cert-manager's webhook does not answer: " + reason, Why: "the API server asks it about every Certificate and refuses it without an answer",
		Remedy: fmt.Sprintf("kubectl -n %s get pods; on a private cluster the API server needs a way to the webhook's port 10250", namespace)}
}

// tryCertificate has the API server accept a Certificate without keeping it
// (a dry run), which asks the webhook.
func tryCertificate(ctx context.Context, e *check.Env) error {
	client, err := check.DynamicClient(e)
	if err != nil {
		return err
	}
	trial := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "cert-manager.io/v1", "kind": "Certificate",
		"metadata": map[string]any{"generateName": "zenml-preflight-"},
		"spec": map[string]any{
			"secretName": tlsSecretName(e), "dnsNames": []any{"preflight.zenml.example.com"},
			"issuerRef": map[string]any{"name": e.Answers.Expose.TLS.Issuer.Name, "kind": issuerKind(e)},
		},
	}}
	_, err = client.Resource(certificateResource).Namespace(e.Namespace()).Create(ctx, trial, metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
	switch {
	case err == nil, apierrors.IsNotFound(err), apierrors.IsForbidden(err):
		return nil // accepted; no namespace to try it in yet; or not for this user to try
	case apierrors.IsInternalError(err):
		return webhookFault(err.Error(), "cert-manager")
	}
	return &check.Fault{Found: fmt.Sprintf("a Certificate for %s is refused: %v", e.Answers.Expose.TLS.Issuer.Name, err), Remedy: "have the policy that refuses it changed", Cause: err}
}
