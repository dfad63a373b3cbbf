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
	resourcePattern   = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?(m|Ki|Mi|Gi|Ti|k|M|G|T)?$`)
	labelKeyPattern   = regexp.MustCompile(`^([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$`)
	envPattern        = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	classPattern      = regexp.MustCompile(`^[A-Za-z_]\w*(\.[A-Za-z_]\w*)+$`)
	repositoryPattern = regexp.MustCompile(`^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]+)?(/[a-z0-9]+([._-]+[a-z0-9]+)*)*$`)
	tagPattern        = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$`)
	vaultNamePattern  = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]{1,22}[A-Za-z0-9]$`)
)

func resource(v string) (problem, remedy string) {
	if !resourcePattern.MatchString(v) {
		return quoted(v) + " is not an amount", "write it like 250m, 2 or 512Mi"
	}
	return "", ""
}

func labelKey(v string) (problem, remedy string) {
	if !labelKeyPattern.MatchString(v) {
		return quoted(v) + " is not a valid key", "write it like example.com/name"
	}
	return "", ""
}

func envName(v string) (problem, remedy string) {
	if !envPattern.MatchString(v) {
		return quoted(v) + " is not the name of a variable", "use letters, digits and underscores"
	}
	return "", ""
}

func classPath(v string) (problem, remedy string) {
	if !classPattern.MatchString(v) {
		return quoted(v) + " is not the dotted path of a class", "write it like my.package.MyClass"
	}
	return "", ""
}

func imageRepository(v string) (problem, remedy string) {
	switch {
	case strings.Contains(v, "://"):
		return "it is a URL", "leave out the scheme: registry.example.com/zenml-server"
	case strings.Contains(v, "@"):
		return quoted(v) + " has a digest", "the chart takes a tag: give the repository alone"
	case !repositoryPattern.MatchString(v):
		return quoted(v) + " is not an image repository", "write it like registry.example.com/zenml-server, without a tag"
	}
	if i := strings.LastIndexByte(v, ':'); i >= 0 && !strings.Contains(v[i:], "/") {
		return quoted(v) + " has a tag", "give the tag in server.image.tag"
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
		return quoted(v) + " is not the name of a key vault", "give 3 to 24 letters, digits and hyphens: NAME of https://NAME.vault.azure.net"
	}
	return "", ""
}

func replicas(v string) (problem, remedy string) { return between(v, 1, 1000) }
func percent(v string) (problem, remedy string)  { return between(v, 1, 1000) }

// noneOrMore and anyOrNone are for numbers that may be 0.
func nonNegative(v string) (problem, remedy string) { return between(v, 0, 999_999) }
func byteCount(v string) (problem, remedy string)   { return between(v, 0, 1<<53) }

func between(v string, low, high int) (problem, remedy string) {
	if n, err := strconv.Atoi(v); err != nil || n < low || n > high {
		return quoted(v) + " is out of range", fmt.Sprintf("use a whole number from %d to %d", low, high)
	}
	return "", ""
}

func signal(v string) (problem, remedy string) {
	signals := []string{"traces", "metrics", "logs"}
	if !slices.Contains(signals, v) {
		return quoted(v) + " is not a signal", "use " + strings.Join(signals, ", ")
	}
	return "", ""
}

// jsonObject is the rule for credentials that are a JSON file. It shows
// nothing of them.
func jsonObject(v string) (problem, remedy string) {
	var object map[string]any
	if json.Unmarshal([]byte(v), &object) != nil {
		return "it is not a JSON object", "give the file as the provider hands it out"
	}
	return "", ""
}

// randomKey is the form of GenerateKey. It shows nothing of the key.
func randomKey(v string) (problem, remedy string) {
	key, err := hex.DecodeString(v)
	if err == nil && len(key) == keyBytes {
		return "", ""
	}
	return fmt.Sprintf("it is not a key: a key is %d random bytes as %d hexadecimal digits", keyBytes, hex.EncodedLen(keyBytes)),
		"leave it empty for a random one, or make one: openssl rand -hex 32"
}

func adminPassword(v string) (problem, remedy string) {
	if missing := AdminPassword(v); missing != "" {
		return "the server's dashboard would refuse this password", "it needs " + missing
	}
	return "", ""
}

// Certificate is the rule for what is shown because it is public: PEM with a
// certificate and no private key. It shows nothing of it.
func Certificate(v string) (problem, remedy string) {
	if problem, remedy = noPrivateKey(v); problem != "" {
		return problem, remedy
	}
	for rest := []byte(v); ; {
		block, more := pem.Decode(rest)
		if block == nil {
			return "it is not PEM: there is no certificate in it", "give the certificate as PEM: openssl x509 -inform der -in FILE turns a DER file into it"
		}
		if strings.HasSuffix(block.Type, "CERTIFICATE") {
			return "", ""
		}
		rest = more
	}
}

// noPrivateKey is the rule for public content that is only handed on.
func noPrivateKey(v string) (problem, remedy string) {
	if strings.Contains(v, "PRIVATE KEY") {
		return "it holds a private key", "give the certificate alone"
	}
	return "", ""
}
