package secrets

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/kube"
	"github.com/zenml-installer/zenml-installer/internal/peers"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

const (
	oneKey     = "3f9a1c7e5b2d8f604a6c0e9b7d135f8a2b4c6d8e0f1a3b5c7d9e1f2a4b6c8d0e"
	anotherKey = "9e1f2a4b6c8d0e3f9a1c7e5b2d8f604a6c0e9b7d135f8a2b4c6d8e0f1a3b5c7d"
)

func inDatabase(key answers.Source) answers.SecretsStore {
	return answers.SecretsStore{Type: answers.SQLSecrets, SQL: answers.SQLStore{EncryptionKey: key}}
}

func TestEncryptionKeyOfAFirstInstall(t *testing.T) {
	for name, c := range map[string]struct {
		key    answers.Source
		status check.Status
		say    string
	}{
		"generated": {answers.Source{Generate: true}, check.Pass, "32 random bytes are generated"},
		"given":     {checktest.Plain(oneKey), check.Pass, "given in the answers"},
		"none":      {answers.Source{}, check.Warned, "no encryption key"},
		"short":     {checktest.Plain("pass" + checktest.Canary[:8]), check.Warned, "128 are the least"},
		"uniform":   {checktest.Plain(strings.Repeat("ab", 32)), check.Warned, "hold 64 bits at most"},
		"repeated":  {checktest.Plain(strings.Repeat(oneKey[:16], 4)), check.Warned, "it repeats itself"},
		"padded":    {checktest.Plain(oneKey + " "), check.Warned, "white space"},
		"unset":     {answers.Source{Env: "NO_SUCH_KEY"}, check.Failed, "environment variable NO_SUCH_KEY is not set"},
	} {
		t.Run(name, func(t *testing.T) {
			report := ask(t, withStore(inDatabase(c.key), nil), check.Options{}, oneKey)
			checktest.Expect(t, report, "secrets.key", c.status, c.say)
			checktest.Expect(t, report, "secrets.credentials", check.Skipped, "kept in the database")
			checktest.Expect(t, report, "secrets.change", check.Skipped, "no cluster was named")
		})
	}
}

func onRelease(access *kube.Access, namespace string, store answers.SecretsStore, more ...func(*answers.Answers)) *check.Env {
	e := withStore(store, nil, append(more, func(a *answers.Answers) { a.Cluster.Namespace = namespace })...)
	e.Cluster = access
	return e
}

func TestEncryptionKeyOnAnUpgrade(t *testing.T) {
	t.Parallel()
	c := testcluster.Start(t)
	with, without := c.Namespace(t), c.Namespace(t)
	checktest.InstallServer(t, c, with, map[string]string{"ZENML_SECRETS_STORE_TYPE": "sql"}, map[string]string{"ZENML_SECRETS_STORE_ENCRYPTION_KEY": oneKey})
	checktest.InstallServer(t, c, without, map[string]string{"ZENML_SECRETS_STORE_TYPE": "sql"}, map[string]string{"ZENML_STORE_URL": "sqlite:///zenml.db"})
	generate := answers.Source{Generate: true}
	for _, s := range []struct {
		namespace string
		key       answers.Source
		status    check.Status
		say       string
	}{
		{with, checktest.Plain(oneKey), check.Pass, "the key of the deployed release"},
		{with, checktest.Plain(anotherKey), check.Failed, "another one than that of the deployed release"},
		{with, answers.Source{}, check.Failed, "there is no key, and the deployed release has one"},
		{with, generate, check.Failed, "a key is generated, and the deployed release has another one"},
		{without, checktest.Plain(oneKey), check.Failed, "there is a key, and the deployed release has none"},
		{without, generate, check.Failed, "a key is generated, and the deployed release has none"},
		{without, answers.Source{}, check.Warned, "no encryption key"},
	} {
		report := ask(t, onRelease(c.Access(), s.namespace, inDatabase(s.key)), check.Options{}, oneKey, anotherKey)
		checktest.Expect(t, report, "secrets.key", s.status, s.say)
	}
	// The installer's own Secret holds the key that it has generated.
	_, err := c.Client(t).CoreV1().Secrets(with).Create(t.Context(), &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Name: "zenml-server-secrets-store"}, StringData: map[string]string{"encryption-key": oneKey},
	}, metav1.CreateOptions{})
	checktest.Must(t, err)
	checktest.Expect(t, ask(t, onRelease(c.Access(), with, inDatabase(generate)), check.Options{}, oneKey), "secrets.key", check.Pass, "the key of the deployed release")

	blind := checktest.ServiceAccount(t, c, with, rbacv1.PolicyRule{APIGroups: []string{"apps"}, Resources: []string{"deployments"}, Verbs: []string{"list"}})
	checktest.Expect(t, ask(t, onRelease(blind, with, inDatabase(checktest.Plain(oneKey))), check.Options{}, oneKey), "secrets.key", check.Skipped, "you may not get Secret zenml-server")
}

func TestStoreOnAnUpgrade(t *testing.T) {
	t.Parallel()
	c := testcluster.Start(t)
	namespace, moving, empty := c.Namespace(t), c.Namespace(t), c.Namespace(t)
	checktest.InstallServer(t, c, namespace, map[string]string{"ZENML_SECRETS_STORE_TYPE": "aws", "ZENML_BACKUP_SECRETS_STORE_TYPE": "none"},
		map[string]string{"ZENML_SECRETS_STORE_AUTH_CONFIG": `{"region":"us-east-1","aws_secret_access_key":"` + checktest.Canary + `"}`})
	checktest.InstallServer(t, c, moving, map[string]string{"ZENML_SECRETS_STORE_TYPE": "hashicorp", "ZENML_SECRETS_STORE_VAULT_ADDR": "http://127.0.0.1:1", "ZENML_BACKUP_SECRETS_STORE_TYPE": "sql"},
		map[string]string{"ZENML_SECRETS_STORE_VAULT_TOKEN": checktest.Canary})
	aws := func(region string) answers.SecretsStore {
		return inAWS(peers.Key{ID: "AKIA", Secret: checktest.Canary}, func(s *answers.AWSStore) { s.Region, s.EndpointURL = region, "http://127.0.0.1:1" })
	}
	vault := func(address string) answers.SecretsStore { return inVault(address, checktest.Canary) }
	for _, s := range []struct {
		namespace string
		store     answers.SecretsStore
		status    check.Status
		say       string
	}{
		{empty, aws("us-east-1"), check.Pass, "nothing is deployed yet"},
		{namespace, aws("us-east-1"), check.Pass, "has the same: aws"},
		{namespace, aws("eu-west-1"), check.Warned, "region: eu-west-1 instead of us-east-1"},
		{namespace, inDatabase(answers.Source{Generate: true}), check.Failed, "keeps its secrets in aws, the answers say sql"},
		{namespace, answers.SecretsStore{Type: answers.NoSecrets}, check.Failed, "the answers say none"},
		{moving, inDatabase(answers.Source{Generate: true}), check.Warned, "zenml secret backup"},
		{moving, vault("http://127.0.0.1:1/"), check.Pass, "has the same: hashicorp"},
		{moving, vault("http://127.0.0.1:2"), check.Warned, "address: http://127.0.0.1:2 instead of http://127.0.0.1:1"},
	} {
		e := onRelease(c.Access(), s.namespace, s.store)
		report, err := check.Run(t.Context(), Checks, e, check.Options{Only: []string{"secrets.change"}}, nil)
		checktest.Must(t, err)
		result := checktest.Expect(t, report, "secrets.change", s.status, s.say)
		if strings.Contains(result.Message+result.Hint, checktest.Canary) {
			t.Errorf("a secret shows: %s", result.Message)
		}
	}
	nothing := checktest.ServiceAccount(t, c, namespace)
	report := ask(t, onRelease(nothing, namespace, inDatabase(checktest.Plain(oneKey))), check.Options{}, oneKey)
	checktest.Expect(t, report, "secrets.change", check.Skipped, "you may not list the Deployments")
}
