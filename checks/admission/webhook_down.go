package admission

import (
	"context"
	"fmt"
	"slices"
	"strings"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/checks/check"
)

// webhook is the configuration of an admission webhook.
type webhook struct {
	kind   string // ValidatingWebhookConfiguration or MutatingWebhookConfiguration
	meta   metav1.ObjectMeta
	client admissionv1.WebhookClientConfig
}

// webhookDownFault is the single fault of all objects that an unavailable
// webhook blocks. The objects themselves are fine.
func webhookDownFault(ctx context.Context, e *check.Env, refused []refusedObject) *check.Fault {
	name, reason, _ := check.WebhookDown(refused[0].err)
	var objects []string
	for _, r := range refused {
		objects = append(objects, r.String())
	}
	const most = 4
	if more := len(objects) - most; more > 0 {
		objects = append(objects[:most], fmt.Sprintf("%d more", more))
	}
	fault := &check.Fault{
		Err:    refused[0].err,
		Reason: "the API server rejects every object that the webhook must approve",
	}
	found := findWebhook(ctx, e, name)
	if found == nil {
		fault.Summary = fmt.Sprintf("the admission webhook %s does not answer: %s; it blocks %s",
			name, reason, check.JoinAnd(objects))
		fault.Remedy = "have an administrator find its configuration and restore or delete it: " +
			"kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations"
		return fault
	}
	fault.Summary = fmt.Sprintf("the admission webhook %s (%s %s, %s) does not answer: %s; it blocks %s",
		name, found.kind, found.meta.Name, found.owner(), reason, check.JoinAnd(objects))
	fault.Remedy = found.remedy(ctx, e, reason)
	return fault
}

// findWebhook looks for the configuration of a webhook; nil if the user cannot list
// configurations.
func findWebhook(ctx context.Context, e *check.Env, name string) *webhook {
	client, err := e.Cluster.Client()
	if err != nil {
		return nil
	}
	api := client.AdmissionregistrationV1()
	if all, err := api.ValidatingWebhookConfigurations().List(ctx, metav1.ListOptions{}); err == nil {
		for _, c := range all.Items {
			isIt := func(w admissionv1.ValidatingWebhook) bool { return w.Name == name }
			if i := slices.IndexFunc(c.Webhooks, isIt); i >= 0 {
				return &webhook{"ValidatingWebhookConfiguration", c.ObjectMeta, c.Webhooks[i].ClientConfig}
			}
		}
	}
	if all, err := api.MutatingWebhookConfigurations().List(ctx, metav1.ListOptions{}); err == nil {
		for _, c := range all.Items {
			isIt := func(w admissionv1.MutatingWebhook) bool { return w.Name == name }
			if i := slices.IndexFunc(c.Webhooks, isIt); i >= 0 {
				return &webhook{"MutatingWebhookConfiguration", c.ObjectMeta, c.Webhooks[i].ClientConfig}
			}
		}
	}
	return nil
}

// owner returns what serves the webhook, and the Helm release that installed
// it.
func (w *webhook) owner() string {
	owner := "no service"
	switch {
	case w.client.Service != nil:
		owner = "Service " + w.client.Service.Namespace + "/" + w.client.Service.Name
	case w.client.URL != nil:
		owner = *w.client.URL
	}
	if release := w.meta.Annotations["meta.helm.sh/release-name"]; release != "" {
		owner += ", Helm release " + w.meta.Annotations["meta.helm.sh/release-namespace"] + "/" + release
	} else if by := w.meta.Labels["app.kubernetes.io/managed-by"]; by != "" {
		owner += ", managed by " + by
	}
	return owner
}

// remedy depends on what is missing: the service, its pods, or a valid certificate.
func (w *webhook) remedy(ctx context.Context, e *check.Env, reason string) string {
	remove := fmt.Sprintf("delete the configuration: kubectl delete %s %s", strings.ToLower(w.kind), w.meta.Name)
	if w.client.Service == nil {
		return "make its URL reachable from the API server\nor " + remove
	}
	namespace, name := w.client.Service.Namespace, w.client.Service.Name
	switch {
	case strings.Contains(reason, "not found"):
		if !namespaceExists(ctx, e, namespace) {
			return fmt.Sprintf("the namespace %s was deleted without it: %s", namespace, remove)
		}
		return fmt.Sprintf("install what provides the Service %s again\nor, if it was removed, %s", name, remove)
	case strings.Contains(reason, "x509"), strings.Contains(reason, "certificate"):
		return fmt.Sprintf("renew its certificate, usually by restarting its pods: "+
			"kubectl -n %s rollout restart deployment\nor %s", namespace, remove)
	}
	return fmt.Sprintf("start the pods of the Service: kubectl -n %s describe service %s"+
		"\nor, if it is no longer needed, %s", namespace, name, remove)
}

func namespaceExists(ctx context.Context, e *check.Env, name string) bool {
	client, err := e.Cluster.Client()
	if err != nil {
		return true
	}
	_, err = client.CoreV1().Namespaces().Get(ctx, name, metav1.GetOptions{})
	return ignoreHidden(err) != nil || err == nil
}
