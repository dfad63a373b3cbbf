package cmd

import (
	"crypto/sha256"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

const keysSecret = "zenml-server-secrets-store"

// keyHash is the hash of the generated key, or empty if there is none.
func keyHash(t *testing.T, c *testcluster.Cluster, namespace string) string {
	t.Helper()
	s, err := c.Client(t).CoreV1().Secrets(namespace).Get(t.Context(), keysSecret, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return ""
	}
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%x", sha256.Sum256(s.Data[manifest.EncryptionKey]))
}

// TestUninstallKeepsKey removes a server and installs it again on its database,
// which must be readable with the same key. Without the key the next install is
// refused.
func TestUninstallKeepsKey(t *testing.T) {
	t.Parallel()
	c := testcluster.Start(t)
	p, namespace := newPlace(t).at(c), c.Namespace(t)
	p.env["ZENML_ADMIN_PASSWORD"] = adminPassword
	flags := p.mysqlFlags(c)
	install := func() result { return p.install(c, "current", "mysql.yaml", namespace, flags...) }

	shows := "get secret " + keysSecret + " -o 'jsonpath={.data.encryption-key}' | base64 -d"
	r := install().want(t, exitDone, shows)
	if n := strings.Count(r.err, shows); n != 1 {
		t.Errorf("the location of the key is printed %d times", n)
	}
	key := keyHash(t, c, namespace)
	if r := install().want(t, exitDone); strings.Contains(r.err, shows) {
		t.Error("an upgrade prints the location of the key")
	}

	r = p.runs("uninstall", "-n", namespace, "--yes").want(t, exitDone,
		"database test_", "on "+c.Database.Host, "DROP DATABASE `test_", "delete secret "+keysSecret, "Kept Secret "+keysSecret,
		"Removed release zenml-server, ")
	if plan, end := strings.Index(r.err, "Keeping"), strings.Index(r.err, "Removed"); plan < 0 || plan > end {
		t.Errorf("what is kept is not printed in advance: %s", r.err)
	}
	secrets, err := c.Client(t).CoreV1().Secrets(namespace).List(t.Context(), metav1.ListOptions{})
	if err != nil || len(secrets.Items) != 1 || keyHash(t, c, namespace) != key || key == "" {
		t.Fatalf("%d Secrets remain, key kept: %t (%v)", len(secrets.Items), keyHash(t, c, namespace) == key, err)
	}
	p.runs("uninstall", "-n", namespace, "--yes").
		want(t, exitDone, "Release zenml-server in namespace", "is uninstalled already", "delete secret "+keysSecret)
	p.dryRun(c, "mysql.yaml", namespace, flags...).
		want(t, exitDone, "Keep the encryption key in Secret "+keysSecret, "Create Secret zenml-server-database")

	install().want(t, exitDone, "activated with admin admin")
	if keyHash(t, c, namespace) != key {
		t.Error("the next install generated another key")
	}

	p.runs("uninstall", "-n", namespace, "--yes", "--delete-keys").
		want(t, exitDone, "with the key that decrypts the server's secrets in the database")
	if keyHash(t, c, namespace) != "" {
		t.Error("--delete-keys kept the key")
	}
	install().want(t, exitPreflight, "secrets.key", "already has the tables of a ZenML server")
}

// TestUninstallWithoutRelease lists the releases that exist, and removes
// nothing.
func TestUninstallWithoutRelease(t *testing.T) {
	t.Parallel()
	c := testcluster.Start(t)
	p, namespace := newPlace(t).at(c), c.Namespace(t)
	p.runs("uninstall", "-n", namespace, "--yes").
		want(t, exitUnexpected, "release zenml-server not found in namespace "+namespace, "has no releases")
	p.install(c, "current", "minimal.yaml", namespace).want(t, exitDone)
	p.runs("uninstall", "-n", namespace, "--release", "nope", "--yes").want(t, exitUnexpected,
		"release nope not found in namespace "+namespace, "Releases in the namespace: zenml-server")
	p.status(namespace)
	p.runs("status", "-n", namespace, "--release", "nope").want(t, exitUnexpected, "not installed",
		"ZenML is installed elsewhere in the cluster", "-n "+namespace+" --release zenml-server")
	p.runs("uninstall", "-n", namespace).
		want(t, exitUsage, "its SQLite database, which is in the pod", "pass --yes to remove")
	p.status(namespace)
}

// TestUninstallRemovesSecretsOfLostRelease finds the installer's Secrets
// without a Helm release, and removes them if confirmed.
func TestUninstallRemovesSecretsOfLostRelease(t *testing.T) {
	t.Parallel()
	c := testcluster.Start(t)
	p, namespace := newPlace(t).at(c), c.Namespace(t)
	secrets := c.Client(t).CoreV1().Secrets(namespace)
	meta := metav1.ObjectMeta{Name: "zenml-server-database", Labels: manifest.Labels("zenml-server")}
	if _, err := secrets.Create(t.Context(), &corev1.Secret{ObjectMeta: meta}, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	p.runs("uninstall", "-n", namespace).
		want(t, exitUsage, "Release zenml-server in namespace", "Secret zenml-server-database")
	if _, err := secrets.Get(t.Context(), meta.Name, metav1.GetOptions{}); err != nil {
		t.Fatalf("it was removed without confirmation: %v", err)
	}
	p.runs("uninstall", "-n", namespace, "--yes").want(t, exitDone, "Removed 1 Secret.")
	if _, err := secrets.Get(t.Context(), meta.Name, metav1.GetOptions{}); !apierrors.IsNotFound(err) {
		t.Errorf("it still exists: %v", err)
	}
}

// TestUninstallDeletesKeysLater removes the key that a previous uninstall has kept.
func TestUninstallDeletesKeysLater(t *testing.T) {
	t.Parallel()
	c := testcluster.Start(t)
	p, namespace := newPlace(t).at(c), c.Namespace(t)
	answers := p.file("answers.yaml", sqliteAnswers+"secretsStore: {sql: {encryptionKey: {generate: true}}}\n")
	p.runs(append([]string{"install", "--yes", "-f", answers, "-n", namespace, "--output", filepath.Join(p.dir, "v.yaml"),
		"--skip", "cluster.admission"}, chartFlags(c, "current")...)...).want(t, exitDone)
	p.runs("uninstall", "-n", namespace, "--yes").want(t, exitDone, "Kept Secret "+keysSecret)
	if keyHash(t, c, namespace) == "" {
		t.Fatal("the key was not kept")
	}
	p.runs("uninstall", "-n", namespace, "--yes").want(t, exitDone, "is uninstalled already",
		"-n "+namespace+" --delete-keys")
	p.runs("uninstall", "-n", namespace, "--yes", "--delete-keys").want(t, exitDone, "Secret "+keysSecret, "Removed 1 Secret.")
	if keyHash(t, c, namespace) != "" {
		t.Error("the key is still there")
	}
}

// TestUninstallNamesWhatItLeaves names the certificate's Secret and the namespace, with
// the commands that remove them.
func TestUninstallNamesWhatItLeaves(t *testing.T) {
	t.Parallel()
	c := testcluster.Start(t)
	p, namespace := newPlace(t).at(c), c.Namespace(t)
	p.install(c, "current", "minimal.yaml", namespace, "--answer", "expose.type=ingress", "--answer",
		"expose.host=zenml.example.com", "--answer", "expose.tls.mode=cert-manager", "--answer", "expose.tls.issuer.name=ca",
		"--answer", "expose.ingress.class=haproxy", "--skip", "expose", "--skip", "cluster.admission",
		"--answer", "database.type=sqlite", "--answer", "admin.activate=later").want(t, exitDone)
	in, err := c.Client(t).NetworkingV1().Ingresses(namespace).Get(t.Context(), "zenml-server", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	tls := in.Spec.TLS[0].SecretName
	secrets := c.Client(t).CoreV1().Secrets(namespace)
	for name, annotations := range map[string]map[string]string{
		tls: {"cert-manager.io/certificate-name": tls}, "unrelated": nil,
	} {
		meta := metav1.ObjectMeta{Name: name, Annotations: annotations}
		if _, err := secrets.Create(t.Context(), &corev1.Secret{ObjectMeta: meta}, metav1.CreateOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	r := p.runs("uninstall", "-n", namespace, "--yes").want(t, exitDone, "Secret "+tls,
		"with the certificate that cert-manager issued", "delete secret "+tls,
		"namespace "+namespace+", which may contain something else", "delete namespace "+namespace)
	if strings.Contains(r.err, "unrelated") {
		t.Errorf("a Secret of something else is listed: %s", r.err)
	}
	if _, err := secrets.Get(t.Context(), tls, metav1.GetOptions{}); err != nil {
		t.Error("the Secret was removed:", err)
	}
}
