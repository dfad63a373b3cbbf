package secrets

import (
	"cmp"
	"fmt"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/secrets/stores/azure"
	"github.com/zenml-installer/zenml-installer/checks/secrets/stores/hashicorp"
	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// secretsNotices describes what the checks write to each secrets store.
func secretsNotices(a answers.Answers) []string {
	var all []string
	e := &check.Env{Answers: a}
	for _, p := range storeRefs(e) {
		if where := p.target(); where != "" && p.provider() == "" {
			all = append(
				all,
				fmt.Sprintf(
					"secrets.permissions creates a secret %s in %s, uses it and removes it (not with --read-only)",
					p.testSecret(), where),
			)
		}
	}
	return all
}

// testSecret returns the name of the checks' test secrets in the store.
func (p storeRef) testSecret() string {
	if p.store.Type == answers.GCPSecrets || p.store.Type == answers.AzureSecrets {
		return "zenml-preflight-…"
	}
	return "zenml/preflight-…"
}

// target describes where the test secret is created.
func (p storeRef) target() string {
	s := p.store
	switch s.Type {
	case answers.AWSSecrets:
		return "AWS Secrets Manager, " + cmp.Or(s.AWS.Region, "in the region of authConfig")
	case answers.GCPSecrets:
		return "Google Cloud Secret Manager, project " + cmp.Or(s.GCP.ProjectID, "of authConfig")
	case answers.AzureSecrets:
		return azure.Address(s.Azure.KeyVaultName)
	case answers.HashiCorpSecrets:
		return s.HashiCorp.Address + ", mount " + cmp.Or(s.HashiCorp.Mount, hashicorp.DefaultMount)
	}
	return ""
}
