package values

import (
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/internal/answers"
)

func TestSecretRefForEverySecret(t *testing.T) {
	a := answers.Answers{}.Complete()
	seen := map[answers.SecretRef]string{}
	for _, f := range answers.Fields {
		if f.Kind != answers.Secret && f.Kind != answers.Content || isPart(f.Key) {
			continue
		}
		ref := secretRefFor(a, f.Key)
		if other := seen[ref]; other != "" && ref.Key != "auth-config" {
			t.Errorf("%s and %s share %v", f.Key, other, ref)
		}
		if !strings.HasPrefix(ref.Name, "zenml-server-") || ref.Key == "" {
			t.Errorf("%s is kept in %v", f.Key, ref)
		}
		seen[ref] = f.Key
	}
}

// isPart reports whether a secret is part of a store's authConfig.
func isPart(key string) bool {
	for _, kind := range []string{".aws.", ".gcp.", ".azure."} {
		if strings.Contains(key, kind) {
			return !strings.HasSuffix(key, ".authConfig")
		}
	}
	return false
}
