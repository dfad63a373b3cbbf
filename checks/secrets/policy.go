package secrets

import (
	"bytes"
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

// Policy is what gives a secrets store's credentials the rights that the
// server needs, ready to be applied.
type Policy struct {
	Store   string // the answer that names the store: secretsStore or backupSecretsStore
	Name    string // of a file for it: "zenml-secrets-aws.json"
	Apply   string // the command that applies the file
	Content []byte // the file
}

// Policies returns the policy of each secrets store that the answers name,
// none for stores that need none. Nothing is asked of anyone: what only the
// provider knows (AWS account, project number) stands as a pattern or as the
// command that tells it. answers are complete.
func Policies(a answers.Answers) ([]Policy, error) {
	var all []Policy
	e := &check.Env{Answers: a}
	for _, p := range places(e) {
		if !p.cloud() {
			continue
		}
		policy, err := policyOf(p, told{})
		if err != nil {
			return nil, err
		}
		all = append(all, policy)
	}
	return all, nil
}

// told is what a login has told beyond the answers.
type told struct {
	account string // of AWS
	who     string // AWS: the caller's ARN
	region  string // when the answers hide it in one piece
	number  string // of the project
	member  string // of Google Cloud's policies
}

func (in *loggedIn) told() told {
	k := told{who: in.identity.Who}
	switch store := in.store.(type) {
	case *aws.Store:
		k.account, k.region = store.Account(), store.Region()
	case *gcp.Store:
		k.number, k.member = store.Number(), store.Member()
	}
	return k
}

var policyFiles = map[string]string{
	answers.AWSSecrets: "aws.json", answers.GCPSecrets: "gcp.sh", answers.AzureSecrets: "azure.sh", answers.HashiCorpSecrets: "hashicorp.hcl",
}

// policyNames are how the names of the files begin: both stores may be of one
// provider.
var policyNames = map[string]string{"secretsStore": "zenml-secrets-", "backupSecretsStore": "zenml-backup-secrets-"} //nolint:gosec // names of files

func policyOf(p place, k told) (Policy, error) {
	file := policyFiles[p.store.Type]
	t, err := template.New(file+".tmpl").Option("missingkey=error").ParseFS(assets.Policies, "policies/"+file+".tmpl")
	if err != nil {
		return Policy{}, fmt.Errorf("policy of %s: %w", p.key, err)
	}
	var content bytes.Buffer
	if err := t.Execute(&content, p.blanks(k)); err != nil {
		return Policy{}, fmt.Errorf("policy of %s: %w", p.key, err)
	}
	policy := Policy{Store: p.key, Name: policyNames[p.key] + file, Content: content.Bytes()}
	policy.Apply = p.apply(policy.Name, k)
	return policy, nil
}

// blanks fills what the templates leave open.
func (p place) blanks(k told) map[string]string {
	s := p.store
	switch s.Type {
	case answers.AWSSecrets:
		region := first(k.region, s.AWS.Region, "*")
		return map[string]string{"Region": region, "Partition": aws.Partition(region), "Account": first(k.account, accountOf(s.AWS.RoleARN), "*")}
	case answers.GCPSecrets:
		member := first(k.member, "serviceAccount:"+first(s.GCP.TargetPrincipal, "EMAIL"))
		return map[string]string{"Project": first(s.GCP.ProjectID, "PROJECT"), "Number": k.number, "Member": member}
	case answers.AzureSecrets:
		return map[string]string{"Vault": s.Azure.KeyVaultName, "Assignee": first(s.Azure.ClientID, "CLIENT_ID")}
	}
	return map[string]string{"Mount": first(strings.Trim(s.HashiCorp.Mount, "/"), hashicorp.DefaultMount), "Namespace": s.HashiCorp.Namespace}
}

// apply is the command that puts a policy into force.
func (p place) apply(file string, k told) string {
	switch p.store.Type {
	case answers.AWSSecrets:
		kind, name := principal(first(k.who, p.store.AWS.RoleARN))
		return fmt.Sprintf("aws iam put-%s-policy --%s-name %s --policy-name zenml-secrets-store --policy-document file://%s", kind, kind, name, file)
	case answers.HashiCorpSecrets:
		namespace := ""
		if n := p.store.HashiCorp.Namespace; n != "" {
			namespace = "-namespace=" + n + " "
		}
		return fmt.Sprintf("vault policy write %szenml %s", namespace, file)
	}
	return "sh " + file
}

// principal is the IAM user or role behind an ARN.
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

// first returns the first text that is not empty.
func first(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}
