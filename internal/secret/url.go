package secret

import (
	"net/url"
	"regexp"
	"strings"
)

// cleanURL matches URLs with at most one @, which ends the user info, and with
// special characters percent-encoded.
var cleanURL = regexp.MustCompile(
	`^[A-Za-z][A-Za-z0-9+.-]*://(?:[^\s@:/?#]*(?::[^\s@/?#]*)?@)?[^\s@/?#]*(?:/[^\s@?#]*)?(?:\?[^\s@#]*)?$`,
)

// CleanURL parses a URL that all parsers interpret the same way. In any other
// URL, part of a password might be parsed as host, path or parameter, so the
// URL must not be shown.
func CleanURL(text string) (*url.URL, bool) {
	u, err := url.Parse(text)
	return u, err == nil && cleanURL.MatchString(text)
}

// WithoutLogin removes the user info and the query from a URL, because either may
// contain a password or a token. Other text is returned unchanged.
func WithoutLogin(text string) string {
	if !strings.Contains(text, "://") {
		return text
	}
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return Mask
	case u.User == nil && u.RawQuery == "":
		return text
	}
	u.User, u.RawQuery = nil, ""
	return u.String()
}
