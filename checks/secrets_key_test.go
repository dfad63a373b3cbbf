package checks

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

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
		status Status
		say    string
	}{
		"generated": {answers.Source{Generate: true}, Pass, "32 random bytes are generated"},
		"given":     {plain(oneKey), Pass, "given in the answers"},
		"none":      {answers.Source{}, Warned, "no encryption key"},
		"short":     {plain("pass" + canary[:8]), Warned, "128 are the least"},
		"uniform":   {plain(strings.Repeat("ab", 32)), Warned, "hold 64 bits at most"},
		"repeated":  {plain(strings.Repeat(oneKey[:16], 4)), Warned, "it repeats itself"},
		"padded":    {plain(oneKey + " "), Warned, "white space"},
		"unset":     {answers.Source{Env: "NO_SUCH_KEY"}, Failed, "environment variable NO_SUCH_KEY is not set"},
	} {
		t.Run(name, func(t *testing.T) {
			report := ask(t, withStore(inDatabase(c.key), nil), Options{}, oneKey)
			expect(t, report, "secrets.key", c.status, c.say)
			expect(t, report, "secrets.credentials", Skipped, "kept in the database")
			expect(t, report, "secrets.change", Skipped, "no cluster was named")
		})
	}
}

func onRelease(access *kube.Access, namespace string, store answers.SecretsStore, more ...func(*answers.Answers)) *Env {
	e := withStore(store, nil, append(more, func(a *answers.Answers) { a.Cluster.Namespace = namespace })...)
	e.Cluster = access
	return e
}

func TestEncryptionKeyOnAnUpgrade(t *testing.T) {
	t.Parallel()
	c := testcluster.Start(t)
	with, without := c.Namespace(t), c.Namespace(t)
	release(t, c, with, map[string]string{"ZENML_SECRETS_STORE_TYPE": "sql"}, map[string]string{"ZENML_SECRETS_STORE_ENCRYPTION_KEY": oneKey})
	release(t, c, without, map[string]string{"ZENML_SECRETS_STORE_TYPE": "sql"}, map[string]string{"ZENML_STORE_URL": "sqlite:///zenml.db"})
	generate := answers.Source{Generate: true}
	for _, s := range []struct {
		namespace string
		key       answers.Source
		status    Status
		say       string
	}{
		{with, plain(oneKey), Pass, "the key of the deployed release"},
		{with, plain(anotherKey), Failed, "another one than that of the deployed release"},
		{with, answers.Source{}, Failed, "there is no key, and the deployed release has one"},
		{with, generate, Failed, "a key is generated, and the deployed release has another one"},
		{without, plain(oneKey), Failed, "there is a key, and the deployed release has none"},
		{without, generate, Failed, "a key is generated, and the deployed release has none"},
		{without, answers.Source{}, Warned, "no encryption key"},
	} {
		report := ask(t, onRelease(c.Access(), s.namespace, inDatabase(s.key)), Options{}, oneKey, anotherKey)
		expect(t, report, "secrets.key", s.status, s.say)
	}
	// The installer's own Secret holds the key that it has generated.
	_, err := c.Client(t).CoreV1().Secrets(with).Create(t.Context(), &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Name: "zenml-server-secrets-store"}, StringData: map[string]string{"encryption-key": oneKey},
	}, metav1.CreateOptions{})
	must(t, err)
	expect(t, ask(t, onRelease(c.Access(), with, inDatabase(generate)), Options{}, oneKey), "secrets.key", Pass, "the key of the deployed release")

	blind := serviceAccount(t, c, with, rbacv1.PolicyRule{APIGroups: []string{"apps"}, Resources: []string{"deployments"}, Verbs: []string{"list"}})
	expect(t, ask(t, onRelease(blind, with, inDatabase(plain(oneKey))), Options{}, oneKey), "secrets.key", Skipped, "you may not get Secret zenml-server")
}

func TestStoreOnAnUpgrade(t *testing.T) {
	t.Parallel()
	c := testcluster.Start(t)
	namespace, moving, empty := c.Namespace(t), c.Namespace(t), c.Namespace(t)
	release(t, c, namespace, map[string]string{"ZENML_SECRETS_STORE_TYPE": "aws", "ZENML_BACKUP_SECRETS_STORE_TYPE": "none"},
		map[string]string{"ZENML_SECRETS_STORE_AUTH_CONFIG": `{"region":"us-east-1","aws_secret_access_key":"` + canary + `"}`})
	release(t, c, moving, map[string]string{"ZENML_SECRETS_STORE_TYPE": "hashicorp", "ZENML_SECRETS_STORE_VAULT_ADDR": "http://127.0.0.1:1", "ZENML_BACKUP_SECRETS_STORE_TYPE": "sql"},
		map[string]string{"ZENML_SECRETS_STORE_VAULT_TOKEN": canary})
	aws := func(region string) answers.SecretsStore {
		return inAWS(peers.Key{ID: "AKIA", Secret: canary}, func(s *answers.AWSStore) { s.Region, s.EndpointURL = region, "http://127.0.0.1:1" })
	}
	vault := func(address string) answers.SecretsStore { return inVault(address, canary) }
	for _, s := range []struct {
		namespace string
		store     answers.SecretsStore
		status    Status
		say       string
	}{
		{empty, aws("us-east-1"), Pass, "nothing is deployed yet"},
		{namespace, aws("us-east-1"), Pass, "has the same: aws"},
		{namespace, aws("eu-west-1"), Warned, "region: eu-west-1 instead of us-east-1"},
		{namespace, inDatabase(answers.Source{Generate: true}), Failed, "keeps its secrets in aws, the answers say sql"},
		{namespace, answers.SecretsStore{Type: answers.NoSecrets}, Failed, "the answers say none"},
		{moving, inDatabase(answers.Source{Generate: true}), Warned, "zenml secret backup"},
		{moving, vault("http://127.0.0.1:1/"), Pass, "has the same: hashicorp"},
		{moving, vault("http://127.0.0.1:2"), Warned, "address: http://127.0.0.1:2 instead of http://127.0.0.1:1"},
	} {
		e := onRelease(c.Access(), s.namespace, s.store)
		report, err := run(t.Context(), Table, e, Options{Only: []string{"secrets.change"}}, nil)
		must(t, err)
		result := expect(t, report, "secrets.change", s.status, s.say)
		if strings.Contains(result.Message+result.Hint, canary) {
			t.Errorf("a secret shows: %s", result.Message)
		}
	}
	nothing := serviceAccount(t, c, namespace)
	report := ask(t, onRelease(nothing, namespace, inDatabase(plain(oneKey))), Options{}, oneKey)
	expect(t, report, "secrets.change", Skipped, "you may not list the Deployments")
}
