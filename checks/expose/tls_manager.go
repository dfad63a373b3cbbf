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
	"github.com/zenml-installer/zenml-installer/internal/prerequisite"
)

// certManager checks everything that cert-manager needs for the certificate.
func certManager(ctx context.Context, e *check.Env) (string, error) {
	skip := e.Answers.Prerequisites.CertManager == answers.PrerequisiteSkip
	missing, err := missingCertManager(ctx, e)
	switch {
	case err != nil:
		return "", err
	case len(missing) > 0 && skip:
		return "", check.Skip("prerequisites.certManager is skip")
	}
	switch c, err := pending(ctx, e, prerequisite.CertManager); {
	case err != nil:
		return "", err
	case c != nil:
		return futureIssuer(e, *c)
	case len(missing) > 0:
		return "", &check.Fault{
			Summary: "cert-manager is not installed: the cluster has no " + check.JoinAnd(missing) + " (cert-manager.io/v1)",
			Remedy:  consent(prerequisite.CertManager.For(e.Answers)) + "\nor use another certificate: " + otherMode(e),
			Fix:     installs(prerequisite.CertManager),
		}
	}
	if err := certManagerWebhook(ctx, e); err != nil {
		return "", err
	}
	if byGateway(e) {
		if err := gatewayManager(ctx, e); err != nil {
			return "", err
		}
	}
	return checkIssuer(ctx, e)
}

// otherMode is the answer for a certificate without cert-manager.
func otherMode(e *check.Env) string {
	if byGateway(e) {
		return "expose: {tls: {mode: secret}}"
	}
	return "expose: {tls: {mode: self-signed}}"
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

// certManagerWebhook checks that cert-manager's webhook responds: without it
// the API server rejects every Certificate.
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
		return nil // the dry run below tests it too
	}
	if err != nil {
		return check.KubeError(err)
	}
	for _, configuration := range hooks.Items {
		for _, hook := range configuration.Webhooks {
			service := hook.ClientConfig.Service
			if service == nil || len(hook.Rules) == 0 ||
				!slices.Contains(hook.Rules[0].APIGroups, certificateResource.Group) {
				continue
			}
			slicesOf, err := client.DiscoveryV1().EndpointSlices(service.Namespace).List(ctx,
				metav1.ListOptions{LabelSelector: discoveryv1.LabelServiceName + "=" + service.Name})
			if err == nil && !slices.ContainsFunc(slicesOf.Items, hasReady) {
				return webhookFault(
					fmt.Sprintf("Service %s in namespace %s has no ready endpoint", service.Name, service.Namespace),
					service.Namespace)
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
	return &check.Fault{
		Summary: "cert-manager's webhook does not answer: " + reason,
		Reason:  "the API server calls it for every Certificate and rejects the Certificate without a response",
		Remedy: fmt.Sprintf(
			"check its pods: kubectl -n %s get pods\n"+
				"on a private cluster, allow the API server to reach port 10250 of the webhook",
			namespace),
	}
}

// tryCertificate creates a Certificate in a dry run, which calls the webhook.
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
	_, err = client.Resource(certificateResource).Namespace(
		prerequisite.CertificateNamespace(e.Answers)).Create(ctx, trial, metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
	switch {
	case err == nil, apierrors.IsNotFound(err), apierrors.IsForbidden(err):
		return nil // accepted, no namespace yet, or the user cannot create Certificates
	case apierrors.IsInternalError(err):
		return webhookFault(err.Error(), "cert-manager")
	}
	return &check.Fault{
		Summary: fmt.Sprintf("the API server rejects a Certificate for issuer %s: %v", e.Answers.Expose.TLS.Issuer.Name,
			err),
		Remedy: "change the policy or webhook that the message names: kubectl get " +
			"validatingadmissionpolicies,validatingwebhookconfigurations",
		Err: err,
	}
}
