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

// exposedHost checks the host name under which users reach the server.
func exposedHost(v string) (problem, remedy string) {
	switch {
	case v == NipIO:
		return "", ""
	case isPartOfURL(v):
		return "a URL was given", "enter only the host name, and set the path in expose.path"
	case net.ParseIP(v) != nil:
		return quoted(v) + " is an IP address",
			"enter a DNS name, or {nipIO: true} to derive one from the controller's address"
	case strings.HasPrefix(v, "*."):
		return quoted(v) + " is a wildcard", "enter the name under which the server is reached"
	case strings.ContainsAny(v, ":/"):
		return quoted(v) + " contains a port or a path", "enter only the host name"
	case v != strings.ToLower(v):
		return quoted(v) + " contains upper-case letters", "write " + strings.ToLower(v)
	case isYAMLKeyword(v):
		return quoted(v) + " is not a string in YAML", "enter the full DNS name"
	case len(v) > 253 || !dnsNamePattern.MatchString(v) || allDigits(v[strings.LastIndexByte(v, '.')+1:]):
		return quoted(v) + " is not a DNS name", "use lower-case letters, digits, hyphens and dots"
	}
	return "", ""
}

// isYAMLKeyword reports whether YAML 1.1 or 1.2 parses an unquoted word as a
// number, a boolean or null.
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
		return "it is not an HTTP URL", "use a URL such as https://host.example.com"
	case u.User != nil:
		return "it contains a user or a password", "remove them"
	}
	return "", ""
}

// proxyURL checks the URL of a proxy. The chart accepts it only as a value, so
// a password would be visible in the values file.
func proxyURL(v string) (problem, remedy string) {
	u, err := url.Parse(v)
	switch {
	case err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "":
		return "it is not the URL of a proxy", "use a URL such as http://proxy.example.com:8080"
	case u.User != nil:
		return "it contains a user or a password, which would be visible in the values file",
			"use a proxy without a login, or set HTTP_PROXY in server.secretEnvironment"
	}
	return "", ""
}

func urlPath(v string) (problem, remedy string) {
	switch {
	case userInfo.MatchString(v):
		return "it contains a user and a password", "enter only the path"
	case !strings.HasPrefix(v, "/"):
		return quoted(v) + " does not start with a slash", "write /" + v
	case !pathPattern.MatchString(v):
		return quoted(v) + " is not a plain path", "remove regular expressions; expose.ingress.rewrite adds them"
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
	return quoted(v) + " is not an IP address or a CIDR range", "use the form 10.0.0.7 or 10.0.0.0/8"
}

// noProxyEntry accepts what NO_PROXY accepts: hosts, domains, addresses and
// CIDR ranges.
func noProxyEntry(v string) (problem, remedy string) {
	if p, _ := addressOrRange(v); p == "" || domainPattern.MatchString(v) {
		return "", ""
	}
	if strings.Contains(v, "://") {
		return "a URL was given", "enter only the host name"
	}
	return quoted(v) + " is not a host, domain, IP address or CIDR range",
		"use the form example.com, .example.com or 10.0.0.0/8"
}

func email(v string) (problem, remedy string) {
	if !emailPattern.MatchString(v) {
		return quoted(v) + " is not an email address", "use an address such as ops@example.com"
	}
	return "", ""
}

// prerequisiteNames are the charts that the installer can install besides the
// server's.
var prerequisiteNames = []string{"cert-manager", "traefik", "ingress-nginx"}

func prerequisiteName(v string) (problem, remedy string) {
	if !slices.Contains(prerequisiteNames, v) {
		return quoted(v) + " is not a prerequisite", "use one of " + strings.Join(prerequisiteNames, ", ")
	}
	return "", ""
}

// acmeDirectory accepts the directory URL of an ACME server, which must use HTTPS.
func acmeDirectory(v string) (problem, remedy string) {
	u, err := url.Parse(v)
	if err != nil || u.Scheme != "https" || u.Host == "" {
		return quoted(v) + " is not an https:// URL", "use the form https://acme.example.com/directory"
	}
	return "", ""
}
