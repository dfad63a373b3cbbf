package values

import (
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// InlineKeys returns the keys that stand in a values file of either generation, in
// the Secrets in which the installer would keep them: what Generate takes for
// existing.
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

// inlineText finds a text below the server's settings, by its old name first,
// which wins in the chart too.
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
