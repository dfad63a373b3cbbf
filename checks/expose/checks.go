// Package expose contains the checks of the Ingress or Gateway that exposes the
// server: its controller, host name and certificate.
package expose

import (
	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/answers"
)

func needsRoute(e *check.Env) string {
	if !byIngress(e) && !byGateway(e) {
		return "the server is not exposed by an Ingress or Gateway"
	}
	return ""
}

func needsRouteInCluster(e *check.Env) string {
	if why := needsRoute(e); why != "" {
		return why
	}
	return check.NeedsCluster(e)
}

func needsIngressInCluster(e *check.Env) string {
	if !byIngress(e) {
		return "the server is not exposed by an Ingress"
	}
	return check.NeedsCluster(e)
}

func needsHost(e *check.Env) string {
	if why := needsRouteInCluster(e); why != "" {
		return why
	}
	if e.Answers.Expose.Host.IsZero() {
		return "no host is set: the route accepts every host name"
	}
	return ""
}

func needsCertificate(e *check.Env) string {
	if why := needsRouteInCluster(e); why != "" {
		return why
	}
	if byIngress(e) && certificateMode(e) == answers.CertOff ||
		byGateway(e) && e.Answers.Expose.Gateway.Scheme == "http" {
		return "TLS is off"
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

// Checks verify how the server is exposed: the route, its controller, the host
// name and the certificate.
var Checks = []check.Check{
	{
		ID:       "expose.host",
		Claim:    "the host is a DNS name",
		Failure:  "the host is not a DNS name",
		Severity: check.MustPass,
		When:     needsRoute,
		Answers:  []string{"expose.host"},
		Run:      checkHost,

		Reason: "the API server rejects an Ingress or route for anything else, and the certificate is issued for " +
			"the name",
		Finds: []string{
			"a URL",
			"a host with a port or a path",
			"an IP address",
			"a wildcard",
			"upper-case letters",
			"no host where the certificate needs one",
			"a host in the rendered objects that raw values added",
		},
	},
	{
		ID:       "expose.class",
		Claim:    "the IngressClass or Gateway exists and accepts the server's route",
		Failure:  "the IngressClass or Gateway does not accept the server's route",
		Severity: check.MustPass,
		When:     needsRouteInCluster,
		Needs:    []string{"cluster.reachable"},
		Answers:  []string{"expose.ingress.class", "expose.gateway.name"},
		Run:      checkClass,

		Reason: "no controller serves an Ingress of an unknown class, or a route that the Gateway does not " +
			"allow; nothing reports it later",
		Finds: []string{
			"an unknown IngressClass (the existing ones are listed)",
			"a cluster without the Gateway API (its CRDs are missing)",
			"an unknown Gateway or listener",
			"a listener that does not allow routes of this namespace, HTTPRoutes, or this host",
			"no listener with the scheme of the server URL (a warning)",
			"a Gateway that the install would create but no controller would serve, or that the user cannot create",
			"CRDs of the Gateway API that the API server rejects, or that lack what Traefik needs",
		},
	},
	{
		ID:       "expose.controller",
		Claim:    "the controller runs and has an address",
		Failure:  "the controller does not run, or has no address",
		Severity: check.MustPass,
		When:     needsRouteInCluster,
		Needs:    []string{"expose.class"},
		Answers:  []string{"expose.ingress.class", "expose.gateway.name"},
		Run:      checkController,

		Reason: "without a running controller with an address nobody can reach the server",
		Finds: []string{
			"a controller without pods, or without a ready one",
			"a load balancer without an address",
			"a host name instead of an address where nip.io needs one",
			"a Gateway that its controller has not accepted or programmed",
			"a listener with an error",
		},
		Accepts: []string{
			"a controller that the cloud provider runs outside the cluster",
			"a controller without labels or charts that the check knows, with an address on another Ingress",
		},
	},
	{
		ID:       "expose.support",
		Claim:    "the ingress controller is maintained and can serve the route",
		Failure:  "the ingress controller is not maintained or cannot serve the route",
		Severity: check.ShouldPass,
		When:     needsIngressInCluster,
		Needs:    []string{"expose.class"},
		Answers:  []string{"expose.ingress.class", "expose.ingress.annotations"},
		Run:      checkSupport,

		Reason: "a controller without maintenance gets no security fixes, and one that rejects the Ingress gives it " +
			"no address",
		Finds: []string{
			"ingress-nginx, which was retired on 2026-03-24 (a warning)",
			"the AWS Load Balancer Controller with the target type instance and a Service of type ClusterIP (a " +
				"warning)",
		},
	},
	{
		ID:       "expose.dns",
		Claim:    "the host resolves to the address of the controller",
		Failure:  "the host does not resolve to the address of the controller",
		Severity: check.MustPass,
		When:     needsHost,
		Needs:    []string{"expose.host", "expose.class"},
		Answers:  []string{"expose.host"},
		Run:      checkDNS,

		Reason: "users cannot reach the server, and Let's Encrypt cannot validate the host",
		Finds: []string{
			"an unknown host",
			"a host that resolves to another address (a warning)",
			"an unknown host that is private, that external-dns will create, or whose address comes with the Ingress (a warning)",
			"a name server that does not answer, or filters private addresses",
		},
		Accepts: []string{
			"a CDN, a proxy or NAT in front of the controller, to which the host resolves (a warning)",
			"split DNS: a private controller whose record only a private network has (a warning)",
			"a controller and a host with IPv6 addresses only",
			"a dual-stack controller, and a host with one of its addresses",
		},
	},
	{
		ID:       "expose.conflict",
		Claim:    "the host and path are free",
		Failure:  "the host and path are already in use",
		Severity: check.MustPass,
		When:     needsRouteInCluster,
		Needs:    []string{"expose.host", "cluster.reachable"},
		Answers:  []string{"expose.host"},
		Run:      checkConflict,

		Reason: "ingress-nginx rejects a second Ingress for a host and path; other controllers serve either of the two",
		Finds: []string{
			"another Ingress or HTTPRoute with the same host and path",
			"another one with a path below the server's, such as /api (a warning)",
			"another controller that serves the same host and path (a warning)",
		},
	},
	{
		ID:       "expose.tls",
		Claim:    "the certificate is valid or can be issued",
		Failure:  "the certificate is not valid or cannot be issued",
		Severity: check.MustPass,
		When:     needsCertificate,
		Needs:    []string{"expose.host", "cluster.reachable"},
		Answers:  []string{"expose.tls.issuer.name", "expose.tls.secretName", "expose.tls.mode"},
		Run:      checkTLS,

		Reason: "without it the controller presents its own certificate, which browsers and clients reject",
		Finds: []string{
			"a missing Secret, one of the wrong type, or one without a certificate",
			"a certificate that is expired, not yet valid or for another host, or whose private key does " +
				"not match",
			"a cluster without cert-manager's CRDs",
			"a cert-manager webhook that does not answer",
			"an issuer that is missing, of the other kind, or not Ready",
			"a staging issuer instead of production, or the reverse (a warning)",
			"a solver for another ingress class, or for Ingresses where a Gateway serves the host (a warning)",
			"a cert-manager without support for the Gateway API, if it issues the certificate of a new Gateway",
		},
		Accepts: []string{
			"no TLS in the cluster, because a load balancer or a CDN in front terminates it",
		},
	},
	{
		ID:       "expose.path",
		Claim:    "the dashboard works at the path",
		Failure:  "the dashboard does not work at the path",
		Severity: check.MustPass,
		When:     needsRoute,
		Answers:  []string{"expose.host"},
		Run:      checkPath,

		Reason: "the dashboard loads its files from the root; the API also works below a path",
		Finds: []string{
			"any path but / (a warning: API only)",
			"a path that is stripped without the server knowing it (rootUrlPath)",
			"a regular expression with path type Prefix, which ingress-nginx rejects since 1.12 and " +
				"other controllers never match",
		},
	},
	{
		ID:       "expose.public",
		Claim:    "nobody else can claim the server",
		Failure:  "anybody who reaches the server first can claim it",
		Severity: check.ShouldPass,
		When:     needsExposure,
		Answers:  []string{"admin.activate", "expose.after", "expose.type"},
		Run:      checkPublic,

		Reason: "whoever opens a server first that is not activated becomes its administrator",
		Finds: []string{
			"a server that is exposed although nothing activates it before (a warning)",
		},
	},
}
