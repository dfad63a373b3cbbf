package diagnose

import (
	"regexp"

	"github.com/zenml-installer/zenml-installer/internal/secret"
)

var (
	// urlPassword matches the password in a URL that the server quotes.
	urlPassword = regexp.MustCompile(`(://[^\s:/@]*:)\S*@`)
	// unencodable matches a part of the password that the server quotes because
	// it cannot encode it.
	unencodable = regexp.MustCompile(`(codec can't encode characters?) ('.*?' )?in position \d+(-\d+)?`)
)

// mask hides what the server's own errors show of a password.
func mask(line string) string {
	line = urlPassword.ReplaceAllString(line, "${1}"+secret.Mask+"@")
	return unencodable.ReplaceAllString(line, "$1 "+secret.Mask)
}
