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

// CleanURL takes a URL apart where every reader does so alike. Of any other, a
// part of the password may pass for the host, the path or a parameter: nothing
// of it may be shown.
func CleanURL(text string) (*url.URL, bool) {
	u, err := url.Parse(text)
	return u, err == nil && cleanURL.MatchString(text)
}
