package secrets

import (
	"context"
	"fmt"
	"regexp"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// binding is how a provider maps a ServiceAccount to one of its identities.
type binding struct {
	annotation string
	pattern    *regexp.Regexp
	form       string // description of the value
	example    string
	otherwise  string // other ways to give the pod an identity
}

var bindings = map[string]binding{
	answers.AWSSecrets: {"eks.amazonaws.com/role-arn",
		regexp.MustCompile(`^arn:aws[a-z-]*:iam::[0-9]{12}:role/[\w+=,.@/-]+$`), "the ARN of an IAM role",
		"arn:aws:iam::123456789012:role/zenml", "an EKS Pod Identity association or the node's role"},
	answers.GCPSecrets: {"iam.gke.io/gcp-service-account",
		regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,29}@[a-z][a-z0-9.:-]+\.iam\.gserviceaccount\.com$`),
		"the email of a service account", "zenml@my-project.iam.gserviceaccount.com",
		"a role bound to the ServiceAccount itself (workload identity federation) or the node's service account"},
	answers.AzureSecrets: {"azure.workload.identity/client-id",
		regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`),
		"the client ID of a managed identity or an application", "11111111-2222-3333-4444-555555555555",
		"the node's managed identity"},
}

// azureUse is the pod label that Azure's webhook requires.
const azureUse = "azure.workload.identity/use"

// provider returns the provider of the pod identity that the store uses, or "".
func (p storeRef) provider() string {
	switch {
	case p.method() == answers.ImplicitAuth:
		return p.store.Type
	case p.store.Type == answers.HashiCorpSecrets && p.method() == answers.VaultAWS:
		return answers.AWSSecrets
	}
	return ""
}

func needsImplicit(e *check.Env) string {
	for _, p := range storeRefs(e) {
		if p.provider() != "" {
			return ""
		}
	}
	return "no secrets store uses the pod's identity"
}

// checkIdentity checks the configuration of the pod's identity. Only a pod
// could test the permissions of that identity.
func checkIdentity(ctx context.Context, e *check.Env) (string, error) {
	annotations, err := serviceAccount(ctx, e)
	if err != nil {
		return "", err
	}
	var all results
	for _, p := range storeRefs(e) {
		provider := p.provider()
		if provider == "" {
			continue
		}
		b := bindings[provider]
		value := annotations[b.annotation]
		if fault := annotationFault(e, p, b, value); fault != nil {
			all.add(p, fault)
			continue
		}
		if provider == answers.AzureSecrets {
			all.add(p, unlabeled(e, p))
			continue
		}
		tested := "its permissions are not tested, because only a pod has it"
		if p.store.Type == answers.AWSSecrets {
			tested = "its permissions are not tested here: see secrets.in-cluster"
		}
		all.pass(p, value+" is the pod's identity; "+tested)
	}
	return all.merge()
}

func annotationFault(e *check.Env, p storeRef, b binding, value string) *check.Fault {
	setting := fmt.Sprintf("server.serviceAccount.annotations: {%s: %s}", b.annotation, b.example)
	account := e.Answers.Server.ServiceAccount
	if account.Existing {
		setting = fmt.Sprintf("kubectl -n %s annotate --overwrite serviceaccount %s %s=%s", e.Namespace(), account.Name,
			b.annotation, b.example)
	}
	switch {
	case value == "":
		return &check.Fault{
			Warn: true,
			Summary: fmt.Sprintf(
				"%s: the ServiceAccount has no annotation %s; the pod has no identity unless %s provides one", p.key,
				b.annotation, b.otherwise),
			Remedy: setting,
		}
	case !b.pattern.MatchString(value):
		return &check.Fault{
			Summary: fmt.Sprintf("%s: the annotation %s is %q, which is not %s", p.key, b.annotation, value, b.form),
			Remedy:  setting,
		}
	}
	return nil
}

// unlabeled warns about the pod label that AKS requires: the chart can set
// annotations but no labels.
func unlabeled(e *check.Env, p storeRef) *check.Fault {
	return &check.Fault{
		Warn: true,
		Summary: fmt.Sprintf("%s: the pod will not have the label %s: \"true\", because the chart cannot set it", p.key,
			azureUse),
		Reason: "Azure Workload Identity ignores pods without the label: the pod has its node's identity at most",
		Remedy: fmt.Sprintf(
			"after the install: kubectl -n %[1]s patch $(kubectl -n %[1]s get deployment -l "+
				"app.kubernetes.io/instance=%[2]s -o name) --patch "+
				"'{\"spec\":{\"template\":{\"metadata\":{\"labels\":{\"%[3]s\":\"true\"}}}}}'\n"+
				"or grant the role on the key vault to the node pool's managed identity",
			e.Namespace(), e.Release(), azureUse),
	}
}

// serviceAccount returns the annotations of the server's ServiceAccount: those of the
// answers, or of the existing ServiceAccount.
func serviceAccount(ctx context.Context, e *check.Env) (map[string]string, error) {
	account := e.Answers.Server.ServiceAccount
	if !account.Existing {
		return account.Annotations, nil
	}
	if e.Cluster == nil {
		return nil, check.Skip("ServiceAccount %s is in the cluster, but no cluster is selected", account.Name)
	}
	client, err := e.Cluster.Client()
	if err != nil {
		return nil, err
	}
	found, err := client.CoreV1().ServiceAccounts(e.Namespace()).Get(ctx, account.Name, metav1.GetOptions{})
	switch {
	case apierrors.IsNotFound(err):
		return nil, &check.Fault{
			Summary: fmt.Sprintf("ServiceAccount %s does not exist in namespace %s", account.Name, e.Namespace()),
			Remedy: fmt.Sprintf("kubectl -n %s create serviceaccount %s\nor remove server.serviceAccount.existing",
				e.Namespace(), account.Name),
			Err: err,
		}
	case apierrors.IsForbidden(err):
		return nil, check.Skip("you cannot get ServiceAccount %s in namespace %s", account.Name, e.Namespace())
	case err != nil:
		return nil, check.KubeError(err)
	}
	return found.Annotations, nil
}
