package secrets

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
	"github.com/zenml-installer/zenml-installer/internal/testdb"
)

// A new key is for a new database: what lies in one of before was encrypted
// with another.
func TestNewKeyForADatabaseOfBefore(t *testing.T) {
	t.Parallel()
	s := checktest.StartDatabase(t, testdb.Options{})
	e := checktest.WithDatabase(t, s)
	with := func(key answers.Source) check.Report {
		e.Answers.SecretsStore = inDatabase(key)
		return ask(t, e, check.Options{}, oneKey)
	}
	generate := answers.Source{Generate: true}
	checktest.Expect(t, with(generate), "secrets.key", check.Pass, "32 random bytes are generated")
	s.Exec(t, "CREATE TABLE zenml.alembic_version (version_num VARCHAR(255))", "INSERT INTO zenml.alembic_version VALUES ('0.98.1')")
	checktest.Expect(t, with(generate), "secrets.key", check.Failed, "a new key would be generated, and the database zenml already holds what a server has stored", "give the key that the server had")
	checktest.Expect(t, with(checktest.Plain(oneKey)), "secrets.key", check.Pass, "given in the answers")
	e.Answers.Database.MySQL.Password = checktest.Plain("wrong")
	checktest.Expect(t, with(generate), "secrets.key", check.Skipped, "cannot be asked (see the checks of the database)")
}

// The key that an earlier install has generated is found again; nothing else
// may take its place.
func TestKeyThatAnUninstallHasKept(t *testing.T) {
	t.Parallel()
	c := testcluster.Start(t)
	namespace := c.Namespace(t)
	meta := metav1.ObjectMeta{Name: "zenml-server-secrets-store", Labels: manifest.Labels("zenml-server")}
	_, err := c.Client(t).CoreV1().Secrets(namespace).Create(t.Context(), &corev1.Secret{ObjectMeta: meta, StringData: map[string]string{manifest.EncryptionKey: oneKey}}, metav1.CreateOptions{})
	checktest.Must(t, err)
	with := func(key answers.Source) check.Report {
		return ask(t, onRelease(c.Access(), namespace, inDatabase(key)), check.Options{}, oneKey, anotherKey)
	}
	checktest.Expect(t, with(answers.Source{Generate: true}), "secrets.key", check.Pass, "the key that was generated before")
	checktest.Expect(t, with(checktest.Plain(oneKey)), "secrets.key", check.Pass, "given in the answers")
	checktest.Expect(t, with(checktest.Plain(anotherKey)), "secrets.key", check.Failed, "Secret zenml-server-secrets-store holds another key", "delete secret zenml-server-secrets-store")
	checktest.Expect(t, with(answers.Source{}), "secrets.key", check.Failed, "holds another key")
}

// The volume of a persistent SQLite outlives its release.
func TestNewKeyForAVolumeOfBefore(t *testing.T) {
	t.Parallel()
	c := testcluster.Start(t)
	namespace := c.Namespace(t)
	with := func() check.Report {
		return ask(t, onRelease(c.Access(), namespace, inDatabase(answers.Source{Generate: true}), func(a *answers.Answers) {
			a.Database.SQLite = answers.SQLite{Persistent: true, Size: "1Gi"}
		}), check.Options{})
	}
	checktest.Expect(t, with(), "secrets.key", check.Pass, "32 random bytes are generated")
	claim := &corev1.PersistentVolumeClaim{
		ObjectMeta: metav1.ObjectMeta{Name: "zenml-server-config", Labels: map[string]string{manifest.LabelInstance: "zenml-server"}},
		Spec: corev1.PersistentVolumeClaimSpec{
			AccessModes: []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce},
			Resources:   corev1.VolumeResourceRequirements{Requests: corev1.ResourceList{corev1.ResourceStorage: resource.MustParse("1Gi")}},
		},
	}
	_, err := c.Client(t).CoreV1().PersistentVolumeClaims(namespace).Create(t.Context(), claim, metav1.CreateOptions{})
	checktest.Must(t, err)
	checktest.Expect(t, with(), "secrets.key", check.Failed, "PersistentVolumeClaim zenml-server-config, which an earlier release has left")
}
