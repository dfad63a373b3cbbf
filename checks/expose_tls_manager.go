package checks

import (
	"context"
	"fmt"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	discoveryv1 "k8s.io/api/discovery/v1"

	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// certManager looks at everything that cert-manager needs to get the
// certificate.
func (e *Env) certManager(ctx context.Context) (string, error) {
	skip := e.Answers.Prerequisites.CertManager == answers.PrerequisiteSkip
	missing, err := e.missingCertManager(ctx)
	switch {
	case err != nil:
		return "", err
	case len(missing) > 0 && skip:
		return "", Skip("prerequisites.certManager is skip")
	case len(missing) > 0:
		wanted := e.Answers.Prerequisites.CertManager == answers.PrerequisiteInstall
		return "", &Fault{Found: "cert-manager is not installed: the cluster knows no " + list(missing) + " (cert-manager.io/v1)" + leftToYou("prerequisites.certManager", wanted),
			Remedy: "install it, or take another certificate: expose: {tls: {mode: self-signed}}\n" + installCertManager}
	}
	if err := e.certManagerWebhook(ctx); err != nil {
		return "", err
	}
	return e.issuer(ctx)
}

func (e *Env) missingCertManager(ctx context.Context) ([]string, error) {
	var missing []string
	for _, r := range []string{certificateResource.Resource, issuerResource.Resource, clusterIssuerResource.Resource} {
		served, err := e.serves(ctx, certificateResource.GroupVersion().WithResource(r))
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
func (e *Env) certManagerWebhook(ctx context.Context) error {
	if err := e.webhookEndpoints(ctx); err != nil {
		return err
	}
	return e.tryCertificate(ctx)
}

func (e *Env) webhookEndpoints(ctx context.Context) error {
	client, err := e.Cluster.Client()
	if err != nil {
		return err
	}
	hooks, err := client.AdmissionregistrationV1().ValidatingWebhookConfigurations().List(ctx, metav1.ListOptions{})
	if apierrors.IsForbidden(err) {
		return nil // the trial that follows proves it as well
	}
	if err != nil {
		return kubeError(err)
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

func webhookFault(reason, namespace string) *Fault {
	return &Fault{Found: "cert-manager's webhook does not answer: " + reason, Why: "the API server asks it about every Certificate and refuses it without an answer",
		Remedy: fmt.Sprintf("kubectl -n %s get pods; on a private cluster the API server needs a way to the webhook's port 10250", namespace)}
}

// tryCertificate has the API server accept a Certificate without keeping it
// (a dry run), which asks the webhook.
func (e *Env) tryCertificate(ctx context.Context) error {
	client, err := e.dynamic()
	if err != nil {
		return err
	}
	trial := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "cert-manager.io/v1", "kind": "Certificate",
		"metadata": map[string]any{"generateName": "zenml-preflight-"},
		"spec": map[string]any{
			"secretName": e.tlsSecretName(), "dnsNames": []any{"preflight.zenml.example.com"},
			"issuerRef": map[string]any{"name": e.Answers.Expose.TLS.Issuer.Name, "kind": e.issuerKind()},
		},
	}}
	_, err = client.Resource(certificateResource).Namespace(e.namespace()).Create(ctx, trial, metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
	switch {
	case err == nil, apierrors.IsNotFound(err), apierrors.IsForbidden(err):
		return nil // accepted; no namespace to try it in yet; or not for this user to try
	case apierrors.IsInternalError(err):
		return webhookFault(err.Error(), "cert-manager")
	}
	return &Fault{Found: fmt.Sprintf("a Certificate for %s is refused: %v", e.Answers.Expose.TLS.Issuer.Name, err), Remedy: "have the policy that refuses it changed", Cause: err}
}
