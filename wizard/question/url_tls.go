package question

import (
	"cmp"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/zenml-installer/zenml-installer/internal/answers"
)

const (
	tlsModeKey = "database.mysql.tls.mode"
	tlsCAKey   = "database.mysql.tls.ca"
)

// tlsParameters are the answers about TLS in the query of a database URL.
type tlsParameters struct {
	mode   string            // empty if the URL does not decide it
	files  map[string]string // paths by answers key
	unused []string          // names of the other parameters
}

// keepsMode is the mode of a URL that accepts an unencrypted connection.
const keepsMode = "keep"

// tlsModes are the modes by parameter and value. MySQL's clients write ssl-mode, the
// Go driver tls.
var tlsModes = map[string]map[string]string{
	"ssl-mode": {
		"DISABLED": keepsMode, "PREFERRED": keepsMode, "REQUIRED": answers.TLSRequire,
		"VERIFY-CA": answers.TLSVerifyCA, "VERIFY-IDENTITY": answers.TLSVerifyFull,
	},
	"tls": {
		"FALSE": keepsMode, "PREFERRED": keepsMode, "SKIP-VERIFY": answers.TLSRequire,
		"TRUE": answers.TLSVerifyFull,
	},
}

var tlsFiles = map[string]string{
	"ssl-ca": tlsCAKey, "ssl-cert": "database.mysql.tls.cert", "ssl-key": "database.mysql.tls.key",
}

// readTLSParameters reads the query of a database URL. Names and values may be
// written with hyphens or underscores.
func readTLSParameters(query url.Values) tlsParameters {
	p := tlsParameters{files: map[string]string{}}
	var fileNames []string
	for _, name := range slices.Sorted(maps.Keys(query)) {
		value, usual := query.Get(name), strings.ToLower(strings.ReplaceAll(name, "_", "-"))
		mode := tlsModes[usual][strings.ToUpper(strings.ReplaceAll(value, "_", "-"))]
		switch {
		case mode != "":
			p.mode = mode
		case tlsFiles[usual] != "" && value != "":
			p.files[tlsFiles[usual]] = value
			fileNames = append(fileNames, name)
		default:
			p.unused = append(p.unused, shownName(name))
		}
	}
	p.settle(fileNames)
	return p
}

// settle derives the mode from the files as MySQL's clients do: a CA means that the
// certificate is verified. Without TLS, files are not used.
func (p *tlsParameters) settle(fileNames []string) {
	switch {
	case p.mode == keepsMode:
		p.mode, p.files = "", nil
		p.unused = append(p.unused, fileNames...)
	case p.files[tlsCAKey] != "":
		p.mode = cmp.Or(strings.TrimSuffix(p.mode, answers.TLSRequire), answers.TLSVerifyCA)
	case len(p.files) > 0:
		p.mode = cmp.Or(p.mode, answers.TLSRequire)
	}
}

// shownName quotes a name that could disturb the terminal.
func shownName(name string) string {
	plain := strings.IndexFunc(name, func(r rune) bool { return r <= ' ' || r > '~' }) < 0
	if plain && name != "" {
		return name
	}
	return strconv.QuoteToASCII(name)
}
