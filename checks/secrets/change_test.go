package secrets

import (
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/peers"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

func TestChange(t *testing.T) {
	t.Parallel()
	c := testcluster.Start(t)
	namespace, moving, empty := c.Namespace(t), c.Namespace(t), c.Namespace(t)
	checktest.InstallServer(
		t,
		c,
		namespace,
		map[string]string{"ZENML_SECRETS_STORE_TYPE": "aws", "ZENML_BACKUP_SECRETS_STORE_TYPE": "none"},
		map[string]string{
			"ZENML_SECRETS_STORE_AUTH_CONFIG": `{"region":"us-east-1","aws_secret_access_key":"` + checktest.Canary +
				`"}`,
		},
	)
	checktest.InstallServer(
		t,
		c,
		moving,
		map[string]string{
			"ZENML_SECRETS_STORE_TYPE":        "hashicorp",
			"ZENML_SECRETS_STORE_VAULT_ADDR":  "http://127.0.0.1:1",
			"ZENML_BACKUP_SECRETS_STORE_TYPE": "sql",
		},
		map[string]string{"ZENML_SECRETS_STORE_VAULT_TOKEN": checktest.Canary},
	)
	aws := func(region string) answers.SecretsStore {
		return inAWS(peers.Key{ID: "AKIA", Secret: checktest.Canary},
			func(s *answers.AWSStore) { s.Region, s.EndpointURL = region, "http://127.0.0.1:1" })
	}
	vault := func(address string) answers.SecretsStore { return inVault(address, checktest.Canary) }
	for _, s := range []struct {
		namespace string
		store     answers.SecretsStore
		status    check.Status
		say       string
	}{
		{empty, aws("us-east-1"), check.Pass, "no release is deployed yet"},
		{namespace, aws("us-east-1"), check.Pass, "uses the same: aws"},
		{namespace, aws("eu-west-1"), check.Warned, "region eu-west-1 instead of us-east-1"},
		{namespace, inDatabase(answers.Source{Generate: true}), check.Failed, "stores its secrets in aws, but the " +
			"answers set secretsStore.type to sql"},
		{namespace, answers.SecretsStore{Type: answers.NoSecrets}, check.Failed, "secretsStore.type to none"},
		{moving, inDatabase(answers.Source{Generate: true}), check.Warned, "zenml secret backup"},
		{moving, vault("http://127.0.0.1:1/"), check.Pass, "uses the same: hashicorp"},
		{moving, vault("http://127.0.0.1:2"), check.Warned, "address http://127.0.0.1:2 instead of " +
			"http://127.0.0.1:1"},
	} {
		e := onRelease(c.Access(), s.namespace, s.store)
		report, err := check.Run(t.Context(), Checks, e, check.Options{Only: []string{"secrets.change"}}, nil)
		checktest.Must(t, err)
		result := checktest.Expect(t, report, "secrets.change", s.status, s.say)
		if strings.Contains(result.Message+result.Remedy, checktest.Canary) {
			t.Errorf("a secret shows: %s", result.Message)
		}
	}
	nothing := checktest.ServiceAccount(t, c, namespace)
	report := runChecks(t, onRelease(nothing, namespace, inDatabase(checktest.Plain(oneKey))), check.Options{}, oneKey)
	checktest.Expect(t, report, "secrets.change", check.Skipped, "you cannot list the Deployments")
}
