package values

import (
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// InlineKeys returns the keys that a values file of either generation contains,
// as the Secrets in which the installer would store them. GenerateKeys reuses
// them.
func InlineKeys(a answers.Answers, values map[string]any) []corev1.Secret {
	a = a.Complete()
	var found []corev1.Secret
	for _, key := range []string{
		"secretsStore.sql.encryptionKey", "backupSecretsStore.sql.encryptionKey", "server.auth.jwtSecretKey",
	} {
		text := inlineText(values, strings.Split(strings.TrimPrefix(key, "server."), "."))
		if text == "" {
			continue
		}
		ref := secretRefFor(a, key)
		found = append(found, corev1.Secret{
			ObjectMeta: metav1.ObjectMeta{Name: ref.Name, Namespace: a.Cluster.Namespace},
			Data:       map[string][]byte{ref.Key: []byte(text)},
		})
	}
	return found
}

// inlineText returns the string at path below the server's root key. The legacy
// root key comes first because it takes precedence in the chart.
func inlineText(values map[string]any, path []string) string {
	for _, root := range []string{"zenml", "server"} {
		at := values[root]
		for _, name := range path {
			below, _ := at.(map[string]any)
			at = below[name]
		}
		if text, ok := at.(string); ok && text != "" {
			return text
		}
	}
	return ""
}
