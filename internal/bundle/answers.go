package bundle

import (
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/secret"
	"github.com/zenml-installer/zenml-installer/internal/tree"
)

// namedByUser are the answers whose keys the user chooses. A key such as API_TOKEN
// suggests that its value is a secret.
var namedByUser = []string{
	"values", "prerequisites.values", "database.backup.custom.config", "server.environment", "server.secureHeaders",
	"server.affinity", "server.security",
}

// WriteAnswers returns the answers as a file for a bundle, and the keys of answers that
// may contain secrets. If there are any, the file must not be written. Secrets that the
// answers have a place for are moved to environment variables.
func WriteAnswers(a answers.Answers) (file []byte, moved []answers.Moved, sensitive []string) {
	a.Chart.Ref = secret.WithoutLogin(a.Chart.Ref) // the bundle has the charts, so no login is needed
	a.Prerequisites.Charts = maps.Clone(a.Prerequisites.Charts)
	for name, ref := range a.Prerequisites.Charts {
		a.Prerequisites.Charts[name] = secret.WithoutLogin(ref)
	}
	file, moved = answers.Write(a)
	return file, moved, sensitiveKeys(file, func(key string) bool {
		return slices.ContainsFunc(namedByUser, func(above string) bool { return strings.HasPrefix(key, above+".") })
	})
}

// SensitiveValues returns the keys in a values file that may contain secrets.
func SensitiveValues(file []byte) []string {
	return sensitiveKeys(file, func(string) bool { return true })
}

// sensitiveKeys returns the keys in a file whose values may be secrets. The content of
// every value is examined, its name only if isNamed returns true.
func sensitiveKeys(file []byte, isNamed func(key string) bool) []string {
	var content map[string]any
	if err := yaml.Unmarshal(file, &content); err != nil {
		return []string{"invalid YAML"}
	}
	var found []string
	for _, path := range tree.Leaves(content, nil) {
		name := []string{"content"}
		if isNamed(tree.Dotted(path)) {
			name = path
		}
		if secret.IsSensitive(name, tree.At(content, path)) {
			found = append(found, tree.Dotted(path))
		}
	}
	return found
}
