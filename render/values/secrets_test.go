package values

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
)

// TestKeptKeys names the Secret whose key GenerateKeys reuses for the same answer.
func TestKeptKeys(t *testing.T) {
	a := answers.Answers{Cluster: answers.Cluster{Namespace: "ml", Release: "zen"}}
	a.SecretsStore.SQL.EncryptionKey.Generate = true
	const key = "secretsStore.sql.encryptionKey"
	s := corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: EncryptionKeys(a)[0].Name, Namespace: "ml"},
		Data: map[string][]byte{manifest.EncryptionKey: []byte("k3y")}}
	if got := KeptKeys(a.Cluster, []corev1.Secret{s}); len(got) != 1 || got[key] != s.Name {
		t.Errorf("%v", got)
	}
	if got := GenerateKeys(a, []corev1.Secret{s})[key].Reveal(); got != "k3y" {
		t.Errorf("the key is not reused: %s", got)
	}
	s.Data = nil
	if got := KeptKeys(a.Cluster, []corev1.Secret{s}); len(got) != 0 {
		t.Errorf("of a Secret without a key: %v", got)
	}
}
