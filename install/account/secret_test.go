package account_test

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/install/account"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/internal/secret"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

func TestMain(m *testing.M) { testcluster.Main(m) }

func TestSecret(t *testing.T) {
	c := testcluster.Start(t)
	client, namespace := c.Client(t), c.Namespace(t)
	kept := account.Secret{Client: client, Namespace: namespace, Name: "ci", Release: "zenml-server"}
	if key, err := kept.Read(t.Context()); err != nil || !key.Empty() {
		t.Errorf("before: %v", err)
	}
	for _, want := range []string{"ZENKEY_1", "ZENKEY_2"} {
		if err := kept.Write(t.Context(), secret.New(want)); err != nil {
			t.Fatal(err)
		}
		if key, err := kept.Read(t.Context()); err != nil || key.Reveal() != want {
			t.Errorf("read %q, %v", key.Reveal(), err)
		}
	}
	found, err := client.CoreV1().Secrets(namespace).Get(t.Context(), "ci", metav1.GetOptions{})
	if err != nil || found.Labels[manifest.LabelInstance] != "zenml-server" {
		t.Error(found.Labels, err)
	}
	kept.Release = "other"
	if _, err := kept.Read(t.Context()); err == nil || !strings.Contains(err.Error(), "admin.serviceAccount.secretName") {
		t.Error("of another release:", err)
	}
}

// TestSecret_foreign leaves a Secret alone that the release uses for something else.
func TestSecret_foreign(t *testing.T) {
	c := testcluster.Start(t)
	client, namespace := c.Client(t), c.Namespace(t)
	_, err := client.CoreV1().Secrets(namespace).Create(t.Context(), &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Name: "used", Labels: manifest.Labels("zenml-server")},
		Data:       map[string][]byte{"password": []byte("x")},
	}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	kept := account.Secret{Client: client, Namespace: namespace, Name: "used", Release: "zenml-server"}
	if err := kept.Write(t.Context(), secret.New("ZENKEY_1")); err == nil {
		t.Error("the Secret was changed")
	}
}
