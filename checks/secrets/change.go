package secrets

import (
	"context"
	"fmt"
	"strings"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/release"
	"github.com/zenml-installer/zenml-installer/checks/secrets/stores"
	"github.com/zenml-installer/zenml-installer/checks/secrets/stores/hashicorp"
	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// storeVariables is how the names of a store's variables begin.
var storeVariables = map[string]string{"secretsStore": "ZENML_SECRETS_STORE_", "backupSecretsStore": "ZENML_BACKUP_SECRETS_STORE_"} //nolint:gosec // names of variables

// storeType is the type of a deployed store. A server without the variable keeps
// its secrets in the database, and no backup.
func storeType(v release.Environment, store string) string {
	if kind := v.Get(storeVariables[store] + "TYPE"); kind != "" {
		return kind
	}
	if store == "secretsStore" {
		return answers.SQLSecrets
	}
	return answers.NoSecrets
}

// checkChange compares the store with that of the deployed release. The
// backup store may change: it holds copies.
func checkChange(ctx context.Context, e *check.Env) (string, error) {
	v, err := release.DeployedEnvironment(ctx, e)
	if err != nil {
		return "", err
	}
	if v == nil {
		return "nothing is deployed yet", nil
	}
	p := place{"secretsStore", e.Answers.SecretsStore}
	before, after := storeType(v, p.key), first(p.store.Type, answers.SQLSecrets)
	switch {
	case before == answers.NoSecrets:
		return "the deployed release keeps no secrets", nil
	case before != after:
		return "", switched(v, before, after)
	}
	was, is := deployedPlace(v, before), p.location()
	var moved []string
	for _, l := range is {
		if old := was[l.name]; old != "" && l.value != "" && old != l.value {
			moved = append(moved, fmt.Sprintf("%s: %s instead of %s", l.name, l.value, old))
		}
	}
	if len(moved) > 0 {
		return "", &check.Fault{Warn: true, Found: "the store is in another place than that of the deployed release: " + strings.Join(moved, ", "),
			Remedy: "keep the place, unless it is the same under a new name or the secrets have been copied"}
	}
	return "the deployed release has the same: " + before, nil
}

func switched(v release.Environment, before, after string) *check.Fault {
	f := &check.Fault{
		Found:  fmt.Sprintf("the deployed release keeps its secrets in %s, the answers say %s", before, after),
		Remedy: fmt.Sprintf("keep secretsStore.type: %s; to move, first name the new store as backupSecretsStore, upgrade, run zenml secret backup, and switch then", before),
	}
	if after != answers.NoSecrets && storeType(v, "backupSecretsStore") == after {
		f.Warn = true
		f.Remedy = "make sure that zenml secret backup has copied every secret to the backup store, which now becomes the first"
	}
	return f
}

// setting is one part of where a store is.
type setting struct{ name, value string }

// location is where the answers put the store. What lies in Secrets or in one
// piece is left out.
func (p place) location() []setting {
	s := p.store
	switch s.Type {
	case answers.AWSSecrets:
		return []setting{{"region", s.AWS.Region}}
	case answers.GCPSecrets:
		return []setting{{"project", s.GCP.ProjectID}}
	case answers.AzureSecrets:
		return []setting{{"key vault", s.Azure.KeyVaultName}}
	case answers.HashiCorpSecrets:
		return []setting{{"address", strings.TrimRight(s.HashiCorp.Address, "/")}, {"namespace", s.HashiCorp.Namespace}, {"mount", first(s.HashiCorp.Mount, hashicorp.DefaultMount)}}
	case answers.CustomSecrets:
		return []setting{{"class", s.Custom.ClassPath}}
	}
	return nil
}

// deployedPlace is where the deployed release has its store. The legacy charts
// set a Vault's address as a variable of its own.
func deployedPlace(v release.Environment, kind string) map[string]string {
	get := func(name string) string { return v.Get(storeVariables["secretsStore"] + name) }
	config, err := stores.ParseConfig(first(get("AUTH_CONFIG"), "{}"))
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
			"address":   strings.TrimRight(first(config["vault_addr"], get("VAULT_ADDR")), "/"),
			"namespace": first(config["vault_namespace"], get("VAULT_NAMESPACE")),
			"mount":     first(config["mount_point"], get("MOUNT_POINT"), hashicorp.DefaultMount),
		}
	case answers.CustomSecrets:
		return map[string]string{"class": get("CLASS_PATH")}
	}
	return nil
}
