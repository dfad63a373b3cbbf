package answers

import (
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var (
	resourcePattern = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?(m|Ki|Mi|Gi|Ti|k|M|G|T)?$`)
	labelKeyPattern = regexp.MustCompile(
		`^([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$`,
	)
	envPattern        = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	classPattern      = regexp.MustCompile(`^[A-Za-z_]\w*(\.[A-Za-z_]\w*)+$`)
	repositoryPattern = regexp.MustCompile(`^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]+)?(/[a-z0-9]+([._-]+[a-z0-9]+)*)*$`)
	tagPattern        = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$`)
	vaultNamePattern  = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]{1,22}[A-Za-z0-9]$`)
)

func resource(v string) (problem, remedy string) {
	if !resourcePattern.MatchString(v) {
		return quoted(v) + " is not a resource quantity", "use a quantity such as 250m, 2 or 512Mi"
	}
	return "", ""
}

func labelKey(v string) (problem, remedy string) {
	if !labelKeyPattern.MatchString(v) {
		return quoted(v) + " is not a valid key", "use the form example.com/name"
	}
	return "", ""
}

func envName(v string) (problem, remedy string) {
	if !envPattern.MatchString(v) {
		return quoted(v) + " is not a valid variable name", "use letters, digits and underscores"
	}
	return "", ""
}

func classPath(v string) (problem, remedy string) {
	if !classPattern.MatchString(v) {
		return quoted(v) + " is not the dotted path of a class", "use the form my.package.MyClass"
	}
	return "", ""
}

func imageRepository(v string) (problem, remedy string) {
	switch {
	case strings.Contains(v, "://"):
		return "a URL was given", "remove the scheme: registry.example.com/zenml-server"
	case strings.Contains(v, "@"):
		return quoted(v) + " contains a digest", "enter only the repository; the chart supports tags, not digests"
	case !repositoryPattern.MatchString(v):
		return quoted(v) + " is not an image repository",
			"use the form registry.example.com/zenml-server, without a tag"
	}
	if i := strings.LastIndexByte(v, ':'); i >= 0 && !strings.Contains(v[i:], "/") {
		return quoted(v) + " contains a tag", "set the tag in server.image.tag"
	}
	return "", ""
}

func imageTag(v string) (problem, remedy string) {
	if !tagPattern.MatchString(v) {
		return quoted(v) + " is not an image tag", "use letters, digits, dots, hyphens and underscores"
	}
	return "", ""
}

func dnsLabelAnyCase(v string) (problem, remedy string) {
	if !vaultNamePattern.MatchString(v) {
		return quoted(v) + " is not a valid key vault name", "use 3 to 24 letters, digits and hyphens: NAME in " +
			"https://NAME.vault.azure.net"
	}
	return "", ""
}

func replicas(v string) (problem, remedy string) { return between(v, 1, 1000) }
func percent(v string) (problem, remedy string)  { return between(v, 1, 1000) }

// nonNegative and byteCount check integers that may be 0.
func nonNegative(v string) (problem, remedy string) { return between(v, 0, 999_999) }
func byteCount(v string) (problem, remedy string)   { return between(v, 0, 1<<53) }

func between(v string, low, high int) (problem, remedy string) {
	if n, err := strconv.Atoi(v); err != nil || n < low || n > high {
		return quoted(v) + " is out of range", fmt.Sprintf("use an integer from %d to %d", low, high)
	}
	return "", ""
}

func signal(v string) (problem, remedy string) {
	signals := []string{"traces", "metrics", "logs"}
	if !slices.Contains(signals, v) {
		return quoted(v) + " is not an OpenTelemetry signal", "use " + strings.Join(signals, ", ")
	}
	return "", ""
}

// jsonObject checks credentials that are a JSON file. It never shows them.
func jsonObject(v string) (problem, remedy string) {
	var object map[string]any
	if json.Unmarshal([]byte(v), &object) != nil {
		return "it is not a JSON object", "use the file as downloaded from the provider"
	}
	return "", ""
}

// randomKey checks a key for the format of GenerateKey. It never shows the key.
func randomKey(v string) (problem, remedy string) {
	key, err := hex.DecodeString(v)
	if err == nil && len(key) == keyBytes {
		return "", ""
	}
	return fmt.Sprintf("it is not a valid key: a key is %d random bytes as %d hexadecimal digits", keyBytes,
			hex.EncodedLen(keyBytes)),
		"leave it empty to generate one, or create one with openssl rand -hex 32"
}

func adminPassword(v string) (problem, remedy string) {
	if missing := AdminPassword(v); missing != "" {
		return "the password is too weak for the dashboard", "add " + missing
	}
	return "", ""
}

// Certificate checks public content that is shown: PEM with a certificate and
// without a private key. It never shows the content.
func Certificate(v string) (problem, remedy string) {
	if problem, remedy = noPrivateKey(v); problem != "" {
		return problem, remedy
	}
	for rest := []byte(v); ; {
		block, more := pem.Decode(rest)
		if block == nil {
			return "it contains no PEM certificate",
				"use PEM; convert a DER file with openssl x509 -inform der -in FILE"
		}
		if strings.HasSuffix(block.Type, "CERTIFICATE") {
			return "", ""
		}
		rest = more
	}
}

// noPrivateKey checks public content that is passed on unchanged.
func noPrivateKey(v string) (problem, remedy string) {
	if strings.Contains(v, "PRIVATE KEY") {
		return "it contains a private key", "use a file with only the certificate"
	}
	return "", ""
}
