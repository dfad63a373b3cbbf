package diagnose

import (
	"regexp"
	"strings"
)

// names matches what is a name rather than words: image references, digests,
// addresses, host names and paths.
var names = regexp.MustCompile(`lookup [^\s:]+|[\w-]+(?:[./:@%]+[\w-]+)+(?:\?[^\s"]*)?`)

// phrases returns the words of a problem's text in lower case, without the
// names in it: an image may be called "denied", its tag end in 429, and its
// registry have any host name.
func phrases(p Problem) string {
	text := p.Text
	if p.Image != "" {
		text = strings.ReplaceAll(text, `"`+p.Image+`"`, `""`)
	}
	return names.ReplaceAllStringFunc(strings.ToLower(text), func(name string) string {
		if name == "i/o" {
			return name
		}
		return ""
	})
}
