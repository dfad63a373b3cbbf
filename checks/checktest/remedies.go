package checktest

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/answers"
)

var (
	// rawError matches the texts of Go's network and TLS errors.
	rawError = regexp.MustCompile(`(Get|Post|Head|Put) "https?://|dial (tcp|udp)|x509: |context deadline exceeded`)
	// keyLike matches text that looks like a key of the answers file or a chart value.
	keyLike = regexp.MustCompile(`\b(server|database|expose|chart|secretsStore|certificates|proxy|admin|` +
		`zenml\.(database|ingress|auth|secretsStore|image))\.[A-Za-z]+(\.[A-Za-z]+)*`)
	// notKeys matches what looks like a key and is none: the ids of checks after flags, and
	// chart values that the user wrote under the answer "values".
	notKeys = regexp.MustCompile(`--(skip|only|warn-only) [a-z.,-]+|\bvalues(\.[A-Za-z]+)+`)
	// command matches a command of this program, but not a label with its name.
	command = regexp.MustCompile(`(?:^|[^=\w])zenml-installer ([a-z]+)`)
)

// commands are the commands that remedies name.
var commands = []string{"answers", "connect", "generate", "install", "preflight", "status", "uninstall"}

// verifyFault asserts the rules for every fault: it has a reason and a remedy,
// its message is not a raw Go error, and its remedy names only answers keys and
// commands that exist.
func verifyFault(t *testing.T, r check.Result) {
	t.Helper()
	if r.Remedy == "" || r.Reason == "" {
		t.Errorf("%s has a fault without a remedy or a reason: %s", r.Check.ID, r.Message)
	}
	if raw := rawError.FindString(r.Message); raw != "" {
		t.Errorf("%s reports a raw error (%s): %s", r.Check.ID, raw, r.Message)
	}
	for _, key := range keyLike.FindAllString(notKeys.ReplaceAllString(r.Remedy, ""), -1) {
		if !isKey(key) {
			t.Errorf("%s names %s, which is not a key of the answers: %s", r.Check.ID, key, r.Remedy)
		}
	}
	for _, named := range command.FindAllStringSubmatch(r.Remedy, -1) {
		if !slices.Contains(commands, named[1]) {
			t.Errorf("%s names the command %s, which does not exist: %s", r.Check.ID, named[1], r.Remedy)
		}
	}
}

// isKey reports whether a key, or one below it, is in the answers file.
func isKey(key string) bool {
	return slices.ContainsFunc(answers.Fields, func(f answers.Field) bool {
		isMapping := f.Kind == answers.Pairs || f.Kind == answers.Tree
		return f.Key == key || strings.HasPrefix(f.Key, key+".") || isMapping && strings.HasPrefix(key, f.Key+".")
	})
}
