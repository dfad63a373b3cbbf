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

// A new key is only for a new database: an existing one is encrypted with another key.
func TestNewKey_existingDatabase(t *testing.T) {
	t.Parallel()
	s := checktest.StartDatabase(t, testdb.Options{})
	e := checktest.WithDatabase(t, s)
	with := func(key answers.Source) check.Report {
		e.Answers.SecretsStore = inDatabase(key)
		return runChecks(t, e, check.Options{}, oneKey)
	}
	generate := answers.Source{Generate: true}
	checktest.Expect(t, with(generate), "secrets.key", check.Pass, "32 random bytes will be generated")
	s.Exec(t, "CREATE TABLE zenml.alembic_version (version_num VARCHAR(255))",
		"INSERT INTO zenml.alembic_version VALUES ('0.98.1')")
	checktest.Expect(t, with(generate), "secrets.key", check.Failed,
		"a new key would be generated, but the database zenml already has the tables of a ZenML server",
		"set the key of the previous server")
	checktest.Expect(t, with(checktest.Plain(oneKey)), "secrets.key", check.Pass, "value in the answers")
	e.Answers.Database.MySQL.Password = checktest.Plain("wrong")
	checktest.Expect(t, with(generate), "secrets.key", check.Skipped,
		"cannot check the database for secrets of a previous server")
}

// The key that a previous install generated is reused and never replaced.
func TestKey_existingSecret(t *testing.T) {
	t.Parallel()
	c := testcluster.Start(t)
	namespace := c.Namespace(t)
	meta := metav1.ObjectMeta{Name: "zenml-server-secrets-store", Labels: manifest.Labels("zenml-server")}
	_, err := c.Client(t).CoreV1().Secrets(namespace).Create(t.Context(),
		&corev1.Secret{ObjectMeta: meta, StringData: map[string]string{manifest.EncryptionKey: oneKey}},
		metav1.CreateOptions{})
	checktest.Must(t, err)
	with := func(key answers.Source) check.Report {
		return runChecks(t, onRelease(c.Access(), namespace, inDatabase(key)), check.Options{}, oneKey, anotherKey)
	}
	checktest.Expect(t, with(answers.Source{Generate: true}), "secrets.key", check.Pass,
		"the key that was already generated")
	checktest.Expect(t, with(checktest.Plain(oneKey)), "secrets.key", check.Pass, "value in the answers")
	checktest.Expect(
		t,
		with(checktest.Plain(anotherKey)),
		"secrets.key",
		check.Failed,
		"Secret zenml-server-secrets-store of a previous install has another key",
		"delete secret zenml-server-secrets-store",
	)
	checktest.Expect(t, with(answers.Source{}), "secrets.key", check.Failed, "has another key")
}

// The volume of a persistent SQLite database remains after an uninstall.
func TestNewKey_existingVolume(t *testing.T) {
	t.Parallel()
	c := testcluster.Start(t)
	namespace := c.Namespace(t)
	with := func() check.Report {
		return runChecks(
			t,
			onRelease(c.Access(), namespace, inDatabase(answers.Source{Generate: true}), func(a *answers.Answers) {
				a.Database.SQLite = answers.SQLite{Persistent: new(true), Size: "1Gi"}
			}),
			check.Options{},
		)
	}
	checktest.Expect(t, with(), "secrets.key", check.Pass, "32 random bytes will be generated")
	claim := &corev1.PersistentVolumeClaim{
		ObjectMeta: metav1.ObjectMeta{
			Name:   "zenml-server-config",
			Labels: map[string]string{manifest.LabelInstance: "zenml-server"},
		},
		Spec: corev1.PersistentVolumeClaimSpec{
			AccessModes: []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce},
			Resources: corev1.VolumeResourceRequirements{
				Requests: corev1.ResourceList{corev1.ResourceStorage: resource.MustParse("1Gi")},
			},
		},
	}
	_, err := c.Client(t).CoreV1().PersistentVolumeClaims(namespace).Create(t.Context(), claim, metav1.CreateOptions{})
	checktest.Must(t, err)
	checktest.Expect(t, with(), "secrets.key", check.Failed,
		"PersistentVolumeClaim zenml-server-config of a previous release")
}
