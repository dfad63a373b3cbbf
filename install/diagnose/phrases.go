package diagnose

import (
	"regexp"
	"strings"
)

// names matches image references, digests, addresses, host names and paths.
var names = regexp.MustCompile(`lookup [^\s:]+|[\w-]+(?:[./:@%]+[\w-]+)+(?:\?[^\s"]*)?`)

// phrases returns a problem's text in lower case without names, which could
// contain a rule's words: an image may be called "denied", or its tag end in
// 429.
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
