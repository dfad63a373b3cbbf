package answers

import (
	"strings"

	"github.com/zenml-installer/zenml-installer/internal/secret"
)

// notURL rejects a URL, or a part of one, where a host name is expected. It
// never repeats the input, which may contain a password.
func notURL(v string) (problem, remedy string) {
	if u, ok := secret.CleanURL(v); ok && u.Hostname() != "" {
		return "a URL was given", "enter only the host: " + u.Hostname()
	}
	if isPartOfURL(v) {
		return "a URL or a part of one was given", "enter only the host, without user and password"
	}
	return "", ""
}

// isPartOfURL reports whether v contains what no host or database name
// contains.
func isPartOfURL(v string) bool { return strings.Contains(v, "://") || strings.Contains(v, "@") }
