package pemtext

import (
	"regexp"
	"strings"
)

// folded matches a PEM block whose line breaks became spaces.
var folded = regexp.MustCompile(`-----BEGIN ([A-Z0-9 ]+)----- ([A-Za-z0-9+/= ]+) -----END ([A-Z0-9 ]+)-----`)

// Unfold restores the line breaks of PEM text that was pasted into a field of one
// line, which turns them into spaces. Other text is returned as it is.
func Unfold(text string) string {
	return folded.ReplaceAllStringFunc(text, func(block string) string {
		part := folded.FindStringSubmatch(block)
		return "-----BEGIN " + part[1] + "-----\n" + strings.ReplaceAll(part[2], " ", "\n") + "\n-----END " + part[3] +
			"-----\n"
	})
}
