package secrets

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/release"
	"github.com/zenml-installer/zenml-installer/checks/secrets/stores"
	"github.com/zenml-installer/zenml-installer/checks/secrets/stores/hashicorp"
	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// variablePrefixes are the prefixes of the environment variables of each store.
var variablePrefixes = map[string]string{
	"secretsStore":       "ZENML_SECRETS_STORE_",
	"backupSecretsStore": "ZENML_BACKUP_SECRETS_STORE_",
} //nolint:gosec // names of variables

// deployedType returns the type of a deployed store. Without the variable the server
// stores secrets in the database and has no backup store.
func deployedType(v release.Environment, store string) string {
	if kind := v.Get(variablePrefixes[store] + "TYPE"); kind != "" {
		return kind
	}
	if store == "secretsStore" {
		return answers.SQLSecrets
	}
	return answers.NoSecrets
}

// checkChange compares the store with that of the deployed release. The backup
// store can change because it only contains copies.
func checkChange(ctx context.Context, e *check.Env) (string, error) {
	v, err := release.DeployedEnvironment(ctx, e)
	if err != nil {
		return "", err
	}
	if v == nil {
		return "no release is deployed yet", nil
	}
	p := storeRef{"secretsStore", e.Answers.SecretsStore}
	before, after := deployedType(v, p.key), cmp.Or(p.store.Type, answers.SQLSecrets)
	switch {
	case before == answers.NoSecrets:
		return "the deployed release stores no secrets", nil
	case before != after:
		return "", switched(v, before, after)
	}
	was, is := deployedLocation(v, before), p.location()
	var moved []string
	for _, l := range is {
		if old := was[l.name]; old != "" && l.value != "" && old != l.value {
			moved = append(moved, fmt.Sprintf("%s %s instead of %s", l.name, l.value, old))
		}
	}
	if len(moved) > 0 {
		return "", &check.Fault{
			Warn:    true,
			Summary: "the secrets store differs from that of the deployed release: " + strings.Join(moved, ", "),
			Remedy: "keep the settings of the deployed release below secretsStore; ignore this if it is the " +
				"same store under a new name, or if the secrets were copied",
		}
	}
	return "the deployed release uses the same: " + before, nil
}

func switched(v release.Environment, before, after string) *check.Fault {
	f := &check.Fault{
		Summary: fmt.Sprintf("the deployed release stores its secrets in %s, but the answers set secretsStore.type "+
			"to %s",
			before, after),
		Remedy: fmt.Sprintf(
			"keep secretsStore: {type: %s}; to move the secrets, set the new store as backupSecretsStore, "+
				"upgrade, run zenml secret backup, then switch",
			before),
	}
	if after != answers.NoSecrets && deployedType(v, "backupSecretsStore") == after {
		f.Warn = true
		f.Remedy = "run zenml secret backup before you switch, so that the backup store has every secret"
	}
	return f
}

// setting is a part of a store's location.
type setting struct{ name, value string }

// location returns where the answers store secrets. It omits settings in
// Secrets and in authConfig.
func (p storeRef) location() []setting {
	s := p.store
	switch s.Type {
	case answers.AWSSecrets:
		return []setting{{"region", s.AWS.Region}}
	case answers.GCPSecrets:
		return []setting{{"project", s.GCP.ProjectID}}
	case answers.AzureSecrets:
		return []setting{{"key vault", s.Azure.KeyVaultName}}
	case answers.HashiCorpSecrets:
		return []setting{{"address", strings.TrimRight(s.HashiCorp.Address, "/")}, {"namespace", s.HashiCorp.Namespace},
			{"mount", cmp.Or(s.HashiCorp.Mount, hashicorp.DefaultMount)}}
	case answers.CustomSecrets:
		return []setting{{"class", s.Custom.ClassPath}}
	}
	return nil
}

// deployedLocation returns the location of the deployed store. Legacy charts
// set Vault's address as a separate variable.
func deployedLocation(v release.Environment, kind string) map[string]string {
	get := func(name string) string { return v.Get(variablePrefixes["secretsStore"] + name) }
	config, err := stores.ParseConfig(cmp.Or(get("AUTH_CONFIG"), "{}"))
	if err != nil {
		return nil
	}
	switch kind {
	case answers.AWSSecrets:
		return map[string]string{"region": config["region"]}
	case answers.GCPSecrets:
		return map[string]string{"project": config["project_id"]}
	case answers.AzureSecrets:
		return map[string]string{"key vault": get("KEY_VAULT_NAME")}
	case answers.HashiCorpSecrets:
		return map[string]string{
			"address":   strings.TrimRight(cmp.Or(config["vault_addr"], get("VAULT_ADDR")), "/"),
			"namespace": cmp.Or(config["vault_namespace"], get("VAULT_NAMESPACE")),
			"mount":     cmp.Or(config["mount_point"], get("MOUNT_POINT"), hashicorp.DefaultMount),
		}
	case answers.CustomSecrets:
		return map[string]string{"class": get("CLASS_PATH")}
	}
	return nil
}
