package secret

import (
	"net/url"
	"regexp"
)

// cleanURL has at most one @, which ends the user information, and what is
// special percent-encoded.
var cleanURL = regexp.MustCompile(
	`^[A-Za-z][A-Za-z0-9+.-]*://(?:[^\s@:/?#]*(?::[^\s@/?#]*)?@)?[^\s@/?#]*(?:/[^\s@?#]*)?(?:\?[^\s@#]*)?$`,
)

// CleanURL parses a URL that every parser reads the same way. In any other,
// part of a password might be mistaken for the host, the path or a parameter,
// so it must not be shown.
func CleanURL(text string) (*url.URL, bool) {
	u, err := url.Parse(text)
	return u, err == nil && cleanURL.MatchString(text)
}
