// Package expose holds the checks of the way from a browser to the server: the
// Ingress or Gateway, its controller, the host name and the certificate.
package expose

import (
	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// Ways of exposure that a check has no meaning for.

func needsRoute(e *check.Env) string {
	if !byIngress(e) && !byGateway(e) {
		return "no Ingress or Gateway leads to the server"
	}
	return ""
}

func needsRouteInCluster(e *check.Env) string {
	if why := needsRoute(e); why != "" {
		return why
	}
	return check.NeedsCluster(e)
}

func needsHost(e *check.Env) string {
	if why := needsRouteInCluster(e); why != "" {
		return why
	}
	if e.Answers.Expose.Host.IsZero() {
		return "no host was named: every name that leads to the controller is taken"
	}
	return ""
}

func needsCertificate(e *check.Env) string {
	if why := needsRouteInCluster(e); why != "" {
		return why
	}
	if byIngress(e) && certificateMode(e) == answers.CertOff || byGateway(e) && e.Answers.Expose.Gateway.Scheme == "http" {
		return "no certificate was asked for"
	}
	return ""
}

func needsExposure(e *check.Env) string {
	if t := e.Answers.Expose.Type; t == "" || t == answers.PortForward {
		return "the server is not exposed"
	}
	return ""
}

func byIngress(e *check.Env) bool { return e.Answers.Expose.Type == answers.ByIngress }
func byGateway(e *check.Env) bool { return e.Answers.Expose.Type == answers.ByGateway }

func certificateMode(e *check.Env) string {
	if mode := e.Answers.Expose.TLS.Mode; mode != "" {
		return mode
	}
	return answers.CertOff
}

// Checks ask about the way from a browser to the server: the route, its
// controller, the host name and the certificate.
var Checks = []check.Check{
	{
		ID: "expose.host", Claim: "the host is a DNS name", Severity: check.MustPass, When: needsRoute, Run: checkHost,
		Why:   "the API server refuses an Ingress or a route for anything else, and the certificate is made out to the name",
		Finds: []string{"a URL", "a host with a port or a path", "an IP address", "a wildcard", "upper-case letters", "no host where the certificate needs one", "a host in the rendered objects that raw values have put there"},
	},
	{
		ID: "expose.class", Claim: "the IngressClass or Gateway is there and takes the server's route", Severity: check.MustPass, When: needsRouteInCluster, Run: checkClass,
		Needs: []string{"cluster.reachable"},
		Why:   "no controller serves an Ingress of an unknown class, or a route that the Gateway does not admit; nothing says so afterwards",
		Finds: []string{"no such IngressClass (those that are there are named)", "the Gateway API is not installed (its CRDs are missing)", "no such Gateway", "no such listener", "a listener that does not admit routes of this namespace, HTTPRoutes, or this host", "no admitting listener that speaks the scheme of the server's URL (a warning)"},
	},
	{
		ID: "expose.controller", Claim: "its controller runs and has an address", Severity: check.MustPass, When: needsRouteInCluster, Run: checkController,
		Needs: []string{"expose.class"},
		Why:   "without a running controller with an address nobody reaches the server",
		Finds: []string{"no pod of the controller", "no pod of it is ready", "its load balancer has no address", "a host name instead of an address where nip.io needs one", "a Gateway that its controller has not accepted or programmed", "a listener with a fault"},
	},
	{
		ID: "expose.dns", Claim: "the host resolves to that address", Severity: check.MustPass, When: needsHost, Run: checkDNS,
		Needs: []string{"expose.host", "expose.class"},
		Why:   "users do not reach the server, and Let's Encrypt cannot prove that the host is yours",
		Finds: []string{"no such host", "the host leads elsewhere", "no such host yet, where external-dns will make it, or its address comes with the Ingress (a warning)", "a name server that does not answer, or hides private addresses"},
	},
	{
		ID: "expose.conflict", Claim: "host and path are free", Severity: check.MustPass, When: needsRouteInCluster, Run: checkConflict,
		Needs: []string{"expose.host", "cluster.reachable"},
		Why:   "ingress-nginx refuses the second Ingress for a host and path; other controllers serve either of the two",
		Finds: []string{"another Ingress or HTTPRoute claims host and path", "another one claims a path below the server's, such as /api (a warning)", "another controller serves the same host and path (a warning)"},
	},
	{
		ID: "expose.tls", Claim: "the certificate's source works", Severity: check.MustPass, When: needsCertificate, Run: checkTLS,
		Needs: []string{"expose.host", "cluster.reachable"},
		Why:   "without it the controller shows a certificate of its own, which browsers and clients refuse",
		Finds: []string{"the Secret is missing, has the wrong type or no certificate in it", "a certificate for another host, expired or not yet valid, or with another one's key", "cert-manager's CRDs are missing", "its webhook does not answer", "the issuer is missing, of the other kind, or not Ready", "staging and production mixed up (a warning)", "a solver for another ingress class (a warning)"},
	},
	{
		ID: "expose.path", Claim: "the dashboard works at the path", Severity: check.MustPass, When: needsRoute, Run: checkPath,
		Why:   "the dashboard's files are looked for at the root; the API works below a path too",
		Finds: []string{"any path but / (a warning: API only)", "a path that is cut off, of which the server is not told (rootUrlPath)", "a regular expression with path type Prefix, which ingress-nginx refuses from 1.12 on and other controllers never match"},
	},
	{
		ID: "expose.public", Claim: "nobody can claim the server before you", Severity: check.ShouldPass, When: needsExposure, Run: checkPublic,
		Why:   "a server that is not activated yet makes whoever comes first its administrator",
		Finds: []string{"it is exposed, and not activated by the install (a warning)"},
	},
}
