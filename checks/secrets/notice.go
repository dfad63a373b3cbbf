package secrets

import (
	"fmt"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/secrets/stores/azure"
	"github.com/zenml-installer/zenml-installer/checks/secrets/stores/hashicorp"
	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// secretsNotices is one sentence a secrets store, none where nothing is
// written.
func secretsNotices(a answers.Answers) []string {
	var all []string
	e := &check.Env{Answers: a}
	for _, p := range places(e) {
		if where := p.written(); where != "" && p.provider() == "" {
			all = append(all, fmt.Sprintf("secrets.permissions makes a secret %s in %s, uses it and removes it (--read-only does not)", p.prefix(), where))
		}
	}
	return all
}

// prefix is how the names of the store's secrets begin, with the checks' own
// part.
func (p place) prefix() string {
	if p.store.Type == answers.GCPSecrets || p.store.Type == answers.AzureSecrets {
		return "zenml-preflight-…"
	}
	return "zenml/preflight-…"
}

// written is where the secret is made.
func (p place) written() string {
	s := p.store
	switch s.Type {
	case answers.AWSSecrets:
		return "AWS Secrets Manager, " + first(s.AWS.Region, "in the region of authConfig")
	case answers.GCPSecrets:
		return "Google Cloud Secret Manager, project " + first(s.GCP.ProjectID, "of authConfig")
	case answers.AzureSecrets:
		return azure.Address(s.Azure.KeyVaultName)
	case answers.HashiCorpSecrets:
		return s.HashiCorp.Address + ", mount " + first(s.HashiCorp.Mount, hashicorp.DefaultMount)
	}
	return ""
}
