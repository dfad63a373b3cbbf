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

// binding is how a provider ties a ServiceAccount to an identity of its own.
type binding struct {
	annotation string
	pattern    *regexp.Regexp
	form       string // of the value, in words
	example    string
	otherwise  string // what else may give the pod an identity
}

var bindings = map[string]binding{
	answers.AWSSecrets: {
		"eks.amazonaws.com/role-arn", regexp.MustCompile(`^arn:aws[a-z-]*:iam::[0-9]{12}:role/[\w+=,.@/-]+$`), "the ARN of an IAM role",
		"arn:aws:iam::123456789012:role/zenml", "an EKS pod identity association or the node's role",
	},
	answers.GCPSecrets: {
		"iam.gke.io/gcp-service-account", regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,29}@[a-z][a-z0-9.:-]+\.iam\.gserviceaccount\.com$`), "the address of a service account",
		"zenml@my-project.iam.gserviceaccount.com", "a role bound to the ServiceAccount itself (workload identity federation) or the node's service account",
	},
	answers.AzureSecrets: {
		"azure.workload.identity/client-id", regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`), "the client ID of a managed identity or an application",
		"11111111-2222-3333-4444-555555555555", "the node's managed identity",
	},
}

// azureUse is the label without which Azure's webhook leaves a pod alone.
const azureUse = "azure.workload.identity/use"

// provider is whose identity the store's login takes; empty when it takes none
// of the pod.
func (p place) provider() string {
	switch {
	case p.method() == answers.ImplicitAuth:
		return p.store.Type
	case p.store.Type == answers.HashiCorpSecrets && p.method() == answers.VaultAWS:
		return answers.AWSSecrets
	}
	return ""
}

func needsImplicit(e *check.Env) string {
	for _, p := range places(e) {
		if p.provider() != "" {
			return ""
		}
	}
	return "no secrets store takes the pod's own identity"
}

// checkIdentity looks for what gives the pod its identity. Whether that
// identity has the rights only a pod can prove.
func checkIdentity(ctx context.Context, e *check.Env) (string, error) {
	annotations, err := serviceAccount(ctx, e)
	if err != nil {
		return "", err
	}
	var all findings
	for _, p := range places(e) {
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
			all.add(p, unlabelled(e, p))
			continue
		}
		all.pass(p, value+" is what the pod becomes; its rights are not checked: only a pod can prove them")
	}
	return all.end()
}

func annotationFault(e *check.Env, p place, b binding, value string) *check.Fault {
	setting := fmt.Sprintf("server.serviceAccount.annotations: {%s: %s}", b.annotation, b.example)
	account := e.Answers.Server.ServiceAccount
	if account.Existing {
		setting = fmt.Sprintf("kubectl -n %s annotate --overwrite serviceaccount %s %s=%s", e.Namespace(), account.Name, b.annotation, b.example)
	}
	switch {
	case value == "":
		return &check.Fault{Warn: true, Found: fmt.Sprintf("%s: the ServiceAccount has no annotation %s, so that the pod gets no identity unless from %s", p.key, b.annotation, b.otherwise), Remedy: setting}
	case !b.pattern.MatchString(value):
		return &check.Fault{Found: fmt.Sprintf("%s: annotation %s is %q, which is not %s", p.key, b.annotation, value, b.form), Remedy: setting}
	}
	return nil
}

// unlabelled is the warning about the label that AKS wants on the pod: the
// chart sets annotations on pods, and no labels.
func unlabelled(e *check.Env, p place) *check.Fault {
	return &check.Fault{
		Warn: true, Found: fmt.Sprintf("%s: the pod will not have the label %s: \"true\", which the chart cannot set", p.key, azureUse),
		Why:    "Azure's workload identity leaves pods without the label alone: the pod then has its node's identity at most",
		Remedy: fmt.Sprintf("after the install: kubectl -n %[1]s patch $(kubectl -n %[1]s get deployment -l app.kubernetes.io/instance=%[2]s -o name) --patch '{\"spec\":{\"template\":{\"metadata\":{\"labels\":{\"%[3]s\":\"true\"}}}}}'\nor give the node pool's managed identity the role on the key vault", e.Namespace(), e.Release(), azureUse),
	}
}

// serviceAccount returns the annotations that the server's ServiceAccount will
// have: those of the answers, or of the one that is there already.
func serviceAccount(ctx context.Context, e *check.Env) (map[string]string, error) {
	account := e.Answers.Server.ServiceAccount
	if !account.Existing {
		return account.Annotations, nil
	}
	if e.Cluster == nil {
		return nil, check.Skip("ServiceAccount %s is in the cluster, and no cluster was named", account.Name)
	}
	client, err := e.Cluster.Client()
	if err != nil {
		return nil, err
	}
	found, err := client.CoreV1().ServiceAccounts(e.Namespace()).Get(ctx, account.Name, metav1.GetOptions{})
	switch {
	case apierrors.IsNotFound(err):
		return nil, &check.Fault{Found: fmt.Sprintf("there is no ServiceAccount %s in namespace %s", account.Name, e.Namespace()),
			Remedy: fmt.Sprintf("kubectl -n %s create serviceaccount %s\nor leave out server.serviceAccount.existing", e.Namespace(), account.Name), Cause: err}
	case apierrors.IsForbidden(err):
		return nil, check.Skip("you may not get ServiceAccount %s of namespace %s", account.Name, e.Namespace())
	case err != nil:
		return nil, check.KubeError(err)
	}
	return found.Annotations, nil
}
