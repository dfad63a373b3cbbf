package answers

import (
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

var (
	pathPattern   = regexp.MustCompile(`^/[A-Za-z0-9._~/-]*$`)
	domainPattern = regexp.MustCompile(`^(\*?\.)?[A-Za-z0-9]([-A-Za-z0-9.]*[A-Za-z0-9])?(:[0-9]+)?$`)
	emailPattern  = regexp.MustCompile(`^[^@\s"]+@[^@\s"]+\.[^@\s".]+$`)
)

// exposedHost is the rule for the name under which users reach the server.
func exposedHost(v string) (problem, remedy string) {
	switch {
	case v == NipIO:
		return "", ""
	case isPartOfURL(v):
		return "it is a URL", "give the host name alone, and the path in expose.path"
	case net.ParseIP(v) != nil:
		return quoted(v) + " is an address", "give a DNS name, or {nipIO: true} for one made from the controller's address"
	case strings.HasPrefix(v, "*."):
		return quoted(v) + " is a wildcard", "give the one name under which the server is reached"
	case strings.ContainsAny(v, ":/"):
		return quoted(v) + " has a port or a path", "give the host name alone"
	case v != strings.ToLower(v):
		return quoted(v) + " has upper-case letters", "write " + strings.ToLower(v)
	case isYAMLKeyword(v):
		return quoted(v) + " is a word that YAML reads as something else", "give the full DNS name"
	case len(v) > 253 || !dnsNamePattern.MatchString(v) || allDigits(v[strings.LastIndexByte(v, '.')+1:]):
		return quoted(v) + " is not a DNS name", "use lower-case letters, digits, hyphens and dots"
	}
	return "", ""
}

// notText tells whether YAML, in either of its versions, reads a word that
// stands without quotes as a number, a boolean or nothing.
func isYAMLKeyword(v string) bool {
	var n yaml.Node
	if err := yaml.Unmarshal([]byte(v), &n); err != nil || len(n.Content) != 1 || n.Content[0].Tag != "!!str" {
		return true
	}
	return slices.Contains([]string{"yes", "no", "on", "off", "y", "n"}, v)
}

func allDigits(v string) bool { return strings.Trim(v, "0123456789") == "" }

func webURL(v string) (problem, remedy string) {
	u, err := url.Parse(v)
	switch {
	case err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "":
		return "it is not a web address", "write it like https://host.example.com"
	case u.User != nil:
		return "it has a user or a password in it", "leave them out"
	}
	return "", ""
}

// proxyURL is the rule for a proxy. The chart takes it only as a value, so
// that a password in it would stand in the values file.
func proxyURL(v string) (problem, remedy string) {
	u, err := url.Parse(v)
	switch {
	case err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "":
		return "it is not the address of a proxy", "write it like http://proxy.example.com:8080"
	case u.User != nil:
		return "it has a user or a password in it, and the chart can take it only openly", "use a proxy without a login, or set HTTP_PROXY in server.secretEnvironment instead"
	}
	return "", ""
}

func urlPath(v string) (problem, remedy string) {
	switch {
	case userInfo.MatchString(v):
		return "it has a user and a password in it", "give the path alone"
	case !strings.HasPrefix(v, "/"):
		return quoted(v) + " does not begin with a slash", "write /" + v
	case !pathPattern.MatchString(v):
		return quoted(v) + " is not a plain path", "leave out what belongs to a regular expression: expose.ingress.rewrite adds it"
	case v != "/" && strings.HasSuffix(v, "/"):
		return quoted(v) + " ends with a slash", "write " + strings.TrimRight(v, "/")
	}
	return "", ""
}

func addressOrRange(v string) (problem, remedy string) {
	if v == "*" {
		return "", ""
	}
	if _, err := netip.ParseAddr(v); err == nil {
		return "", ""
	}
	if _, err := netip.ParsePrefix(v); err == nil {
		return "", ""
	}
	return quoted(v) + " is neither an address nor a range", "write it like 10.0.0.7 or 10.0.0.0/8"
}

// noProxyEntry accepts what NO_PROXY accepts: hosts, domains, addresses, ranges.
func noProxyEntry(v string) (problem, remedy string) {
	if p, _ := addressOrRange(v); p == "" || domainPattern.MatchString(v) {
		return "", ""
	}
	if strings.Contains(v, "://") {
		return "it is a URL", "give the host name alone"
	}
	return quoted(v) + " is not a host, a domain, an address or a range", "write it like example.com, .example.com or 10.0.0.0/8"
}

func email(v string) (problem, remedy string) {
	if !emailPattern.MatchString(v) {
		return quoted(v) + " is not an e-mail address", "write it like ops@example.com"
	}
	return "", ""
}
