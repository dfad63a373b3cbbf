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
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

const (
	oneKey     = "3f9a1c7e5b2d8f604a6c0e9b7d135f8a2b4c6d8e0f1a3b5c7d9e1f2a4b6c8d0e"
	anotherKey = "9e1f2a4b6c8d0e3f9a1c7e5b2d8f604a6c0e9b7d135f8a2b4c6d8e0f1a3b5c7d"
)

func inDatabase(key answers.Source) answers.SecretsStore {
	return answers.SecretsStore{Type: answers.SQLSecrets, SQL: answers.SQLStore{EncryptionKey: key}}
}

func TestKey_firstInstall(t *testing.T) {
	for name, c := range map[string]struct {
		key    answers.Source
		status check.Status
		say    string
	}{
		"generated": {answers.Source{Generate: true}, check.Pass, "32 random bytes will be generated"},
		"given":     {checktest.Plain(oneKey), check.Pass, "value in the answers"},
		"none":      {answers.Source{}, check.Warned, "no encryption key"},
		"short":     {checktest.Plain("pass" + checktest.Canary[:8]), check.Warned, "it needs 128"},
		"uniform":   {checktest.Plain(strings.Repeat("ab", 32)), check.Warned, "at most 64 bits"},
		"repeated":  {checktest.Plain(strings.Repeat(oneKey[:16], 4)), check.Warned, "it repeats itself"},
		"padded":    {checktest.Plain(oneKey + " "), check.Warned, "white space"},
		"unset":     {answers.Source{Env: "NO_SUCH_KEY"}, check.Failed, "environment variable NO_SUCH_KEY is not set"},
	} {
		t.Run(name, func(t *testing.T) {
			report := runChecks(t, withStore(inDatabase(c.key), nil), check.Options{}, oneKey)
			checktest.Expect(t, report, "secrets.key", c.status, c.say)
			checktest.Expect(t, report, "secrets.credentials", check.Skipped, "stored in the database")
			checktest.Expect(t, report, "secrets.change", check.Skipped, "no cluster was given")
		})
	}
}

func onRelease(
	access *kube.Access,
	namespace string,
	store answers.SecretsStore,
	more ...func(*answers.Answers),
) *check.Env {
	e := withStore(store, nil, append(more, func(a *answers.Answers) { a.Cluster.Namespace = namespace })...)
	e.Cluster = access
	return e
}

func TestKey_upgrade(t *testing.T) {
	t.Parallel()
	c := testcluster.Start(t)
	with, without := c.Namespace(t), c.Namespace(t)
	checktest.InstallServer(t, c, with, map[string]string{"ZENML_SECRETS_STORE_TYPE": "sql"},
		map[string]string{"ZENML_SECRETS_STORE_ENCRYPTION_KEY": oneKey})
	checktest.InstallServer(t, c, without, map[string]string{"ZENML_SECRETS_STORE_TYPE": "sql"},
		map[string]string{"ZENML_STORE_URL": "sqlite:///zenml.db"})
	generate := answers.Source{Generate: true}
	for _, s := range []struct {
		namespace string
		key       answers.Source
		status    check.Status
		say       string
	}{
		{with, checktest.Plain(oneKey), check.Pass, "the key of the deployed release"},
		{with, checktest.Plain(anotherKey), check.Failed, "the key is not that of the deployed release"},
		{with, answers.Source{}, check.Failed, "there is no key, but the deployed release has one"},
		{with, generate, check.Failed, "a key would be generated, but the deployed release has another key"},
		{without, checktest.Plain(oneKey), check.Failed, "there is a key, but the deployed release has none"},
		{without, generate, check.Failed, "a key would be generated, but the deployed release has none"},
		{without, answers.Source{}, check.Warned, "no encryption key"},
	} {
		report := runChecks(t, onRelease(c.Access(), s.namespace, inDatabase(s.key)), check.Options{}, oneKey, anotherKey)
		checktest.Expect(t, report, "secrets.key", s.status, s.say)
	}
	// The installer's Secret with the generated key.
	_, err := c.Client(t).CoreV1().Secrets(with).Create(t.Context(), &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{
			Name: "zenml-server-secrets-store",
		},
		StringData: map[string]string{"encryption-key": oneKey},
	}, metav1.CreateOptions{})
	checktest.Must(t, err)
	checktest.Expect(t, runChecks(t, onRelease(c.Access(), with, inDatabase(generate)), check.Options{}, oneKey),
		"secrets.key", check.Pass, "the key of the deployed release")

	blind := checktest.ServiceAccount(t, c, with,
		rbacv1.PolicyRule{APIGroups: []string{"apps"}, Resources: []string{"deployments"}, Verbs: []string{"list"}})
	checktest.Expect(t, runChecks(t, onRelease(blind, with, inDatabase(checktest.Plain(oneKey))), check.Options{}, oneKey),
		"secrets.key", check.Skipped, "you cannot get Secret zenml-server")
}
