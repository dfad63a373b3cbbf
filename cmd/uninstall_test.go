package cmd

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

const keysSecret = "zenml-server-secrets-store"

// keyHash is the hash of the generated key, empty where there is none.
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

// TestKeyOutlivesTheRelease removes a server and installs it anew on its
// database: what it has stored must be readable, by the same key. Without the
// key the next install is refused.
func TestKeyOutlivesTheRelease(t *testing.T) {
	t.Parallel()
	c := testcluster.Start(t)
	p, namespace := newPlace(t).at(c), c.Namespace(t)
	p.env["ZENML_ADMIN_PASSWORD"] = adminPassword
	flags := p.mysqlFlags(c)
	install := func() result { return p.install(c, "current", "mysql.yaml", namespace, flags...) }

	shows := "get secret " + keysSecret + " -o 'jsonpath={.data.encryption-key}' | base64 -d"
	r := install().want(t, exitDone, shows)
	if n := strings.Count(r.err, shows); n != 1 {
		t.Errorf("where the key lies is said %d times", n)
	}
	key := keyHash(t, c, namespace)
	if r := install().want(t, exitDone); strings.Contains(r.err, shows) {
		t.Error("an upgrade says where the key lies")
	}

	r = p.runs("uninstall", "-n", namespace, "--yes").want(t, exitDone,
		"database test_", "on "+c.Database.Host, "DROP DATABASE `test_", "delete secret "+keysSecret, "Kept Secret "+keysSecret,
		"Removed release zenml-server, ")
	if plan, end := strings.Index(r.err, "This stays"), strings.Index(r.err, "Removed"); plan < 0 || plan > end {
		t.Errorf("what stays is not said beforehand: %s", r.err)
	}
	secrets, err := c.Client(t).CoreV1().Secrets(namespace).List(t.Context(), metav1.ListOptions{})
	if err != nil || len(secrets.Items) != 1 || keyHash(t, c, namespace) != key || key == "" {
		t.Fatalf("left: %d Secrets, the key kept: %t (%v)", len(secrets.Items), keyHash(t, c, namespace) == key, err)
	}
	p.runs("uninstall", "-n", namespace, "--yes").want(t, exitUnexpected, "there is no release zenml-server", "nothing was removed", "delete secret "+keysSecret)

	install().want(t, exitDone, "its admin is admin")
	if keyHash(t, c, namespace) != key {
		t.Error("the next install has made another key")
	}

	p.runs("uninstall", "-n", namespace, "--yes", "--delete-keys").want(t, exitDone, "without which the server's secrets in the database cannot be read")
	if keyHash(t, c, namespace) != "" {
		t.Error("--delete-keys has left the key")
	}
	install().want(t, exitPreflight, "secrets.key", "already holds what a server has stored")
}

// TestUninstallOfNothing names what there is instead, and removes nothing of
// it.
func TestUninstallOfNothing(t *testing.T) {
	t.Parallel()
	c := testcluster.Start(t)
	p, namespace := newPlace(t).at(c), c.Namespace(t)
	p.runs("uninstall", "-n", namespace, "--yes").want(t, exitUnexpected, "there is no release zenml-server in namespace "+namespace, "no other")
	p.install(c, "current", "minimal.yaml", namespace).want(t, exitDone)
	p.runs("uninstall", "-n", namespace, "--release", "nope", "--yes").want(t, exitUnexpected,
		"there is no release nope in namespace "+namespace, "there are: zenml-server")
	p.status(namespace)
	p.runs("uninstall", "-n", namespace).want(t, exitUsage, "its SQLite database, which lies in the pod", "--yes removes this")
	p.status(namespace)
}

// TestUninstallTakesWhatALostReleaseHasLeft finds the installer's Secrets
// where Helm knows no release, and removes them when told to.
func TestUninstallTakesWhatALostReleaseHasLeft(t *testing.T) {
	t.Parallel()
	c := testcluster.Start(t)
	p, namespace := newPlace(t).at(c), c.Namespace(t)
	secrets := c.Client(t).CoreV1().Secrets(namespace)
	meta := metav1.ObjectMeta{Name: "zenml-server-database", Labels: manifest.Labels("zenml-server")}
	if _, err := secrets.Create(t.Context(), &corev1.Secret{ObjectMeta: meta}, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	p.runs("uninstall", "-n", namespace).want(t, exitUsage, "There is no release zenml-server", "Secret zenml-server-database")
	if _, err := secrets.Get(t.Context(), meta.Name, metav1.GetOptions{}); err != nil {
		t.Fatalf("it was removed without asking: %v", err)
	}
	p.runs("uninstall", "-n", namespace, "--yes").want(t, exitDone, "Removed 1 Secret.")
	if _, err := secrets.Get(t.Context(), meta.Name, metav1.GetOptions{}); !apierrors.IsNotFound(err) {
		t.Errorf("it is still there: %v", err)
	}
}
