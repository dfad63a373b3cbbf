// Package ingress is the sandbox's ingress controller: it serves Ingresses,
// Gateways and HTTPRoutes over HTTP and HTTPS on the node's ports. It supports
// only what ZenML's charts and cert-manager's HTTP-01 solvers use.
package ingress

import (
	"crypto/tls"
	"regexp"
	"slices"
	"strings"
)

// Kinds of path, in the order of their precedence.
const (
	exact = iota
	pattern
	prefix
)

// route maps requests for a host and path to a Service.
type route struct {
	// host is a name, a wildcard ("*.example.com"), or empty for all hosts.
	host string
	path string
	kind int
	// plain and secure are true if the route is served over HTTP and HTTPS.
	plain, secure bool
	// redirect sends plain requests to HTTPS.
	redirect bool
	// regex and rewrite replace the path that the Service sees.
	regex   *regexp.Regexp
	rewrite string
	// backend is the Service's host:port; empty if the Service has none.
	backend string
}

// table contains all routes and certificates; it is replaced as a whole.
type table struct {
	routes       []route
	certificates map[string]*tls.Certificate
}

// find returns the most specific route for a request.
func (t *table) find(secure bool, host, path string) *route {
	var best *route
	for i := range t.routes {
		r := &t.routes[i]
		if !r.serves(secure) || !covers(r.host, host) || !r.matches(path) {
			continue
		}
		if best == nil || r.precedes(best) {
			best = r
		}
	}
	return best
}

func (r *route) serves(secure bool) bool { return secure && r.secure || !secure && r.plain }

func (r *route) matches(path string) bool {
	switch r.kind {
	case exact:
		return path == r.path
	case pattern:
		return r.regex.MatchString(path)
	}
	trimmed := strings.TrimSuffix(r.path, "/")
	return path == trimmed || strings.HasPrefix(path, trimmed+"/")
}

// precedes compares routes that match the same request; on a tie the first one
// takes precedence.
func (r *route) precedes(other *route) bool {
	if a, b := specificity(r.host), specificity(other.host); a != b {
		return a > b
	}
	if r.kind != other.kind {
		return r.kind < other.kind
	}
	return len(r.path) > len(other.path)
}

// specificity ranks hosts: names before wildcards before "".
func specificity(host string) int {
	if strings.HasPrefix(host, "*.") || host == "" {
		return len(host)
	}
	return 1000 + len(host)
}

// covers reports whether the pattern, a host of a route or certificate, matches
// the name.
func covers(pattern, name string) bool {
	if suffix, ok := strings.CutPrefix(pattern, "*"); ok {
		return strings.HasSuffix(name, suffix) && len(name) > len(suffix)
	}
	return pattern == "" || strings.EqualFold(pattern, name)
}

// certificate returns the certificate for a TLS client's server name, or nil.
func (t *table) certificate(name string) *tls.Certificate {
	name = strings.ToLower(name)
	if found, ok := t.certificates[name]; ok {
		return found
	}
	_, parent, _ := strings.Cut(name, ".")
	return t.certificates["*."+parent]
}

// add appends a table's routes, and its certificates for hosts that have none.
func (t *table) add(other table) {
	t.routes = slices.Concat(t.routes, other.routes)
	for host, certificate := range other.certificates {
		if _, taken := t.certificates[host]; !taken {
			t.certificates[host] = certificate
		}
	}
}
