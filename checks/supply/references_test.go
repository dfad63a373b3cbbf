package supply

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

func TestReferences(t *testing.T) {
	c := testcluster.Start(t)
	namespace := c.Namespace(t)
	e := checktest.WithCluster(t, c.Access(), namespace, func(a *answers.Answers) {
		a.Database = answers.Database{Type: answers.MySQLDatabase, MySQL: answers.MySQL{
			Host:     "db.example.com",
			Name:     "zenml",
			User:     "zenml",
			Password: answers.Source{SecretRef: &answers.SecretRef{Name: "db", Key: "password"}},
		}}
	})
	checktest.Expect(t, look(t, e, "supply.references"), "supply.references", check.Failed,
		"Secret db does not exist in namespace "+namespace,
		"kubectl -n "+namespace+" create secret generic db --from-file=password=FILE")
	made, err := c.Client(t).CoreV1().Secrets(namespace).Create(t.Context(),
		&corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "db"}, StringData: map[string]string{"pass": "x"}},
		metav1.CreateOptions{})
	checktest.Must(t, err)
	checktest.Expect(t, look(t, e, "supply.references"), "supply.references", check.Failed,
		"Secret db has no key password")
	made.StringData = map[string]string{"password": "x"}
	_, err = c.Client(t).CoreV1().Secrets(namespace).Update(t.Context(), made, metav1.UpdateOptions{})
	checktest.Must(t, err)
	checktest.Expect(t, look(t, e, "supply.references"), "supply.references", check.Pass)
}

// TestReferencesUnreadableSource reports the unreadable source only, not the Secret
// that the installer would create from it.
func TestReferencesUnreadableSource(t *testing.T) {
	c := testcluster.Start(t)
	namespace := c.Namespace(t)
	e := checktest.WithCluster(t, c.Access(), namespace, func(a *answers.Answers) {
		a.Database = answers.Database{Type: answers.MySQLDatabase, MySQL: answers.MySQL{
			Host: "db.example.com", Name: "zenml", User: "zenml", Password: answers.Source{File: "/nope"}}}
	})
	got := checktest.Expect(t, look(t, e, "supply.references"), "supply.references", check.Failed, "/nope",
		"no such file")
	if got.Title() != "a secret in the answers cannot be read or is not valid" {
		t.Errorf("the title is %q", got.Title())
	}
	if strings.Contains(got.Message+got.Remedy, "zenml-server-database") {
		t.Errorf("it names the Secret that the installer creates: %s\n%s", got.Message, got.Remedy)
	}
	e.Answers.Database.MySQL.TLS = answers.TLS{
		Mode: answers.TLSVerifyCA,
		CA:   answers.Source{SecretRef: &answers.SecretRef{Name: "zenml-server-ca", Key: "ca.crt"}},
	}
	got = checktest.Expect(t, look(t, e, "supply.references"), "supply.references", check.Failed, "/nope",
		"Secret zenml-server-ca does not exist")
	if got.Title() != got.Check.Failure || strings.Contains(got.Title(), "not valid") {
		t.Errorf("the title of a missing Secret is %q", got.Title())
	}
}
