package diagnose

import (
	"slices"
	"strings"
)

// CertificatePending is the reason for a certificate that cert-manager has not
// issued. The text is the reason of its Challenge, else that of its Order, else
// the message of its CertificateRequest, from most to least specific.
const CertificatePending = "CertificatePending"

// The other reasons for a server without a valid certificate.
const (
	// IssuerNotReady is an issuer that cannot issue. The text names it.
	IssuerNotReady = "IssuerNotReady"
	// SolverClass is an HTTP-01 solver for another ingress class than the server's.
	SolverClass = "SolverClass"
	// SolverOfIngress is an HTTP-01 solver that uses an Ingress for a host behind a
	// Gateway.
	SolverOfIngress = "SolverOfIngress"
	// CertificateExpired is an expired certificate in a Secret. The text says since when.
	CertificateExpired = "CertificateExpired"
	// CertificateMissing is a Secret that does not exist. The text names it.
	CertificateMissing = "CertificateMissing"
)

var certificateReasons = []string{CertificatePending}

// certificateRules never stop an install: the server runs without the
// certificate, and cert-manager retries.
var certificateRules = []rule{
	{name: "issuer not ready", reasons: []string{IssuerNotReady}, grace: Forever,
		summary: "the issuer of the certificate is not ready", reason: "{text}",
		remedy: "fix the issuer as its message says, or set expose.tls.issuer.name and expose.tls.issuer.kind to one " +
			"that kubectl get clusterissuers,issuers shows as ready"},
	{name: "solver class", reasons: []string{SolverClass}, grace: Forever, lasting: true,
		summary: "the issuer's HTTP-01 solver is for another ingress class", reason: "{text}",
		remedy: "set ingressClassName in the issuer's HTTP-01 solver to the class in expose.ingress.class, or " +
			"expose.ingress.class to the solver's"},
	{name: "solver of an ingress", reasons: []string{SolverOfIngress}, grace: Forever, lasting: true,
		summary: "the issuer's HTTP-01 solver uses an Ingress, but a Gateway serves the host", reason: "{text}",
		remedy: "set gatewayHTTPRoute with the Gateway's HTTP listener in the issuer's HTTP-01 solver, or give the " +
			"issuer a DNS-01 solver"},
	{name: "certificate expired", reasons: []string{CertificateExpired}, grace: Forever, lasting: true,
		summary: "the server's certificate has expired", reason: "{text}",
		remedy: "replace it: kubectl create secret tls NAME --cert=tls.crt --key=tls.key --dry-run=client -o yaml | " +
			"kubectl apply -f -"},
	{name: "certificate missing", reasons: []string{CertificateMissing}, grace: Forever, lasting: true,
		summary: "the server has no certificate", reason: "{text}",
		remedy: "create it with kubectl create secret tls, or set expose.tls.mode to cert-manager or self-signed"},
	{
		name:    "issuer missing",
		reasons: certificateReasons,
		grace:   Forever,
		lasting: true,
		fits: func(p Problem) bool {
			return strings.Contains(p.Text, "Referenced ") && strings.Contains(p.Text, " not found")
		},
		summary: "the issuer of the certificate does not exist",
		reason:  "{text}",
		remedy: "create it, or set expose.tls.issuer.name and expose.tls.issuer.kind to one that " +
			"kubectl get clusterissuers,issuers lists",
	},
	{
		name:    "acme rate limit",
		reasons: certificateReasons,
		grace:   Forever,
		lasting: true,
		fits:    acmeError("rateLimited"),
		summary: "the ACME server's rate limit is reached",
		reason:  "{text}",
		remedy: "wait until the time in the message, or set expose.tls.issuer.name to an issuer for " +
			"Let's Encrypt's staging server while you test",
	},
	{name: "acme policy", reasons: certificateReasons, grace: Forever, lasting: true,
		fits:    acmeError("rejectedIdentifier"),
		summary: "the ACME server issues no certificates for this host", reason: "{text}",
		remedy: "set expose.host to a host below a public domain that you own"},
	{name: "acme unreachable", reasons: certificateReasons, grace: Forever, lasting: true,
		fits:    acmeError("connection", "dns"),
		summary: "the ACME server cannot reach the host", reason: "{text}",
		remedy: "point the host's public DNS record at the ingress controller and open port 80 to the internet, " +
			"or give the issuer a DNS-01 solver"},
	{name: "host unresolved", reasons: certificateReasons, grace: Forever, contains: []string{"no such host"},
		summary: "the host has no DNS record that the cluster can see", reason: "{text}",
		remedy: "create a DNS record for expose.host that points at the ingress controller's address"},
	{
		name:     "solver not reached",
		reasons:  certificateReasons,
		grace:    Forever,
		contains: []string{"wrong status code", "did not get expected response"},
		summary:  "another server than cert-manager's solver answers the HTTP-01 challenge",
		reason:   "{text}",
		remedy: "set ingressClassName in the issuer's HTTP-01 solver to the class in expose.ingress.class, " +
			"and check that the host's DNS record points at its controller",
	},
	{
		name:     "host unreachable",
		reasons:  certificateReasons,
		grace:    Forever,
		contains: []string{"failed to perform self check"},
		summary:  "cert-manager cannot reach the host on port 80 from inside the cluster",
		reason:   "{text}",
		remedy: "check that the host's DNS record points at the ingress controller, that port 80 is open, " +
			"and that pods can reach the load balancer's address",
	},
	{name: "certificate pending", reasons: certificateReasons, grace: Forever,
		summary: "cert-manager has not issued the certificate yet", reason: "{text}",
		remedy: "see why with kubectl describe certificates,certificaterequests,orders,challenges"},
}

// acmeError matches the error types of RFC 8555, section 6.7, which
// cert-manager quotes.
func acmeError(kinds ...string) func(Problem) bool {
	return func(p Problem) bool {
		return slices.ContainsFunc(kinds, func(kind string) bool {
			return strings.Contains(p.Text, "urn:ietf:params:acme:error:"+kind)
		})
	}
}
