package answers

import (
	"strings"

	"github.com/zenml-installer/zenml-installer/internal/secret"
)

// hostOfURL is the rule for a host's name where a URL was given, or a part of
// one, which may hold a password: it is not repeated.
func notURL(v string) (problem, remedy string) {
	if u, ok := secret.CleanURL(v); ok && u.Hostname() != "" {
		return "it is a URL", "give the host alone: " + u.Hostname()
	}
	if isPartOfURL(v) {
		return "it is a URL or a part of one", "give the host alone, without user and password"
	}
	return "", ""
}

// partOfURL tells what nobody names a host or a database.
func isPartOfURL(v string) bool { return strings.Contains(v, "://") || strings.Contains(v, "@") }
