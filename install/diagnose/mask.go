package diagnose

import (
	"regexp"

	"github.com/zenml-installer/zenml-installer/internal/secret"
)

var (
	// urlPassword matches the password in a URL.
	urlPassword = regexp.MustCompile(`(://[^\s:/@]*:)\S*@`)
	// unencodable matches the part of a password in an encoding error.
	unencodable = regexp.MustCompile(`(codec can't encode characters?) ('.*?' )?in position \d+(-\d+)?`)
)

// mask redacts passwords that the server's errors contain.
func mask(line string) string {
	line = urlPassword.ReplaceAllString(line, "${1}"+secret.Mask+"@")
	return unencodable.ReplaceAllString(line, "$1 "+secret.Mask)
}
