package secret

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/zenml-installer/zenml-installer/internal/tree"
)

// Patterns for names and contents of secrets.
var (
	sensitiveName = regexp.MustCompile(
		`(?i)passw(or)?d|passphrase|secret|token|credential|key$|access_?key|jwt|private|auth_?config|account_?json|service_?account_?info`,
	)
	storeName = regexp.MustCompile(`(?i)secrets?_?store`) // a server component, not a secret
	// harmlessName matches names of Secrets, keys and files, and settings of
	// secrets.
	harmlessName = regexp.MustCompile(
		`(?i)(secret_?name|refs?|public_?key|topology_?key|algorithm|issuer|audience|minutes|seconds|timeout|enabled|file|path)$|^(existingsecret|imagepullsecrets|key)$`,
	)
	ownNames = regexp.MustCompile(
		`(?i)refs?$|annotations$|labels$|selector$|affinity$|^tolerations$`,
	) // the keys below these are names
	sensitiveText = regexp.MustCompile(`://[^\s/@]*:[^\s@]*@|https?://[^\s/@]+@|PRIVATE KEY`)
)

// IsSensitive reports whether a value may be a secret, based on the name at the
// end of its path or its content. It is used for raw values, imported values
// and the values that an upgrade shows, for which no answer exists.
func IsSensitive(path []string, value any) bool {
	switch v := value.(type) {
	case map[string]any:
		for name, below := range v {
			if IsSensitive(append(slices.Clone(path), name), below) {
				return true
			}
		}
		return false
	case []any:
		return slices.ContainsFunc(v, func(item any) bool { return IsSensitive(path, namedValue(item)) })
	}
	text := fmt.Sprint(value)
	if value == nil || text == "" || text == "true" || text == "false" {
		return false
	}
	return LooksSensitive(text) || IsSensitiveName(path)
}

// namedValue converts an item like {name: NAME, value: VALUE} to {NAME: VALUE},
// because the name determines whether it is secret.
func namedValue(item any) any {
	m, _ := item.(map[string]any)
	name, isText := m["name"].(string)
	value, there := m["value"]
	if !isText || !there {
		return item
	}
	return map[string]any{name: value}
}

// LooksSensitive reports whether a text contains a secret: a URL with a
// password, or a private key.
func LooksSensitive(text string) bool { return sensitiveText.MatchString(text) }

// IsSensitiveName reports whether the name at the end of a path suggests a
// secret.
func IsSensitiveName(path []string) bool {
	above, name := path[:len(path)-1], path[len(path)-1]
	if slices.Contains(above, "secretEnvironment") {
		return true
	}
	return !slices.ContainsFunc(above, ownNames.MatchString) &&
		sensitiveName.MatchString(storeName.ReplaceAllString(name, "")) && !harmlessName.MatchString(name)
}

// SensitiveTexts returns the strings in a value that may be secrets.
func SensitiveTexts(path []string, value any) []string {
	var texts []string
	switch v := value.(type) {
	case map[string]any:
		for _, name := range tree.Keys(v) {
			texts = append(texts, SensitiveTexts(append(slices.Clone(path), name), v[name])...)
		}
	case []any:
		for _, item := range v {
			texts = append(texts, SensitiveTexts(path, namedValue(item))...)
		}
	default:
		if IsSensitive(path, v) {
			texts = append(texts, fmt.Sprint(v))
		}
	}
	return texts
}
