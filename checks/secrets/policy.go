package secrets

import (
	"bytes"
	"cmp"
	"fmt"
	"strings"
	"text/template"

	"github.com/zenml-installer/zenml-installer/assets"
	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/secrets/stores/aws"
	"github.com/zenml-installer/zenml-installer/checks/secrets/stores/gcp"
	"github.com/zenml-installer/zenml-installer/checks/secrets/stores/hashicorp"
	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// Policy grants a secrets store's credentials the permissions that the server needs.
type Policy struct {
	Store   string // the answers key of the store: secretsStore or backupSecretsStore
	Name    string // the file name: "zenml-secrets-aws.json"
	Apply   string // the command that applies the file
	Content []byte // the content of the file
}

// Policies returns the policy of each secrets store that needs one. It makes no
// request: for what only the provider knows (AWS account, project number) it
// uses a pattern or a command. The answers must be complete.
func Policies(a answers.Answers) ([]Policy, error) {
	var all []Policy
	e := &check.Env{Answers: a}
	for _, p := range storeRefs(e) {
		if !p.isCloud() {
			continue
		}
		policy, err := policyOf(p, details{})
		if err != nil {
			return nil, err
		}
		all = append(all, policy)
	}
	return all, nil
}

// details are what a login reveals in addition to the answers.
type details struct {
	account string // of AWS
	who     string // AWS: the caller's ARN
	region  string // for answers that set it in authConfig
	number  string // of the project
	member  string // of Google Cloud's policies
}

func (in *loggedIn) details() details {
	k := details{who: in.identity.Who}
	switch store := in.store.(type) {
	case *aws.Store:
		k.account, k.region = store.Account(), store.Region()
	case *gcp.Store:
		k.number, k.member = store.Number(), store.Member()
	}
	return k
}

var policyFiles = map[string]string{answers.AWSSecrets: "aws.json", answers.GCPSecrets: "gcp.sh",
	answers.AzureSecrets: "azure.sh", answers.HashiCorpSecrets: "hashicorp.hcl"}

// policyNames are prefixes of file names that differ for two stores of one provider.
var policyNames = map[string]string{
	"secretsStore":       "zenml-secrets-",
	"backupSecretsStore": "zenml-backup-secrets-",
} //nolint:gosec // names of files

func policyOf(p storeRef, k details) (Policy, error) {
	file := policyFiles[p.store.Type]
	t, err := template.New(file+".tmpl").Option("missingkey=error").ParseFS(assets.Policies, "policies/"+file+".tmpl")
	if err != nil {
		return Policy{}, fmt.Errorf("policy of %s: %w", p.key, err)
	}
	var content bytes.Buffer
	if err := t.Execute(&content, p.templateData(k)); err != nil {
		return Policy{}, fmt.Errorf("policy of %s: %w", p.key, err)
	}
	policy := Policy{Store: p.key, Name: policyNames[p.key] + file, Content: content.Bytes()}
	policy.Apply = p.applyCommand(policy.Name, k)
	return policy, nil
}

// templateData returns the data of the policy templates.
func (p storeRef) templateData(k details) map[string]string {
	s := p.store
	switch s.Type {
	case answers.AWSSecrets:
		region := cmp.Or(k.region, s.AWS.Region, "*")
		return map[string]string{
			"Region":    region,
			"Partition": aws.Partition(region),
			"Account":   cmp.Or(k.account, accountOf(s.AWS.RoleARN), "*"),
		}
	case answers.GCPSecrets:
		member := cmp.Or(k.member, "serviceAccount:"+cmp.Or(s.GCP.TargetPrincipal, "EMAIL"))
		return map[string]string{"Project": cmp.Or(s.GCP.ProjectID, "PROJECT"), "Number": k.number, "Member": member}
	case answers.AzureSecrets:
		return map[string]string{"Vault": s.Azure.KeyVaultName, "Assignee": cmp.Or(s.Azure.ClientID, "CLIENT_ID")}
	}
	return map[string]string{
		"Mount":     cmp.Or(strings.Trim(s.HashiCorp.Mount, "/"), hashicorp.DefaultMount),
		"Namespace": s.HashiCorp.Namespace,
	}
}

// applyCommand returns the command that applies a policy.
func (p storeRef) applyCommand(file string, k details) string {
	switch p.store.Type {
	case answers.AWSSecrets:
		kind, name := principal(cmp.Or(k.who, p.store.AWS.RoleARN))
		return fmt.Sprintf(
			"aws iam put-%s-policy --%s-name %s --policy-name zenml-secrets-store --policy-document file://%s", kind,
			kind, name, file)
	case answers.HashiCorpSecrets:
		namespace := ""
		if n := p.store.HashiCorp.Namespace; n != "" {
			namespace = "-namespace=" + n + " "
		}
		return fmt.Sprintf("vault policy write %szenml %s", namespace, file)
	}
	return "sh " + file
}

// principal returns the IAM user or role in an ARN.
func principal(arn string) (kind, name string) {
	_, resource, _ := strings.Cut(arn, "::")
	parts := strings.Split(resource, "/")
	switch {
	case strings.Contains(arn, ":role/"):
		return "role", parts[len(parts)-1]
	case strings.Contains(arn, ":assumed-role/") && len(parts) > 1:
		return "role", parts[1]
	case strings.Contains(arn, ":user/"):
		return "user", parts[len(parts)-1]
	}
	return "user", "USER"
}

func accountOf(arn string) string {
	if parts := strings.Split(arn, ":"); len(parts) > 5 {
		return parts[4]
	}
	return ""
}
