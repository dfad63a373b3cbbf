// Package network holds the checks of the proxy and the custom CAs.
package network

import (
	"github.com/zenml-installer/zenml-installer/checks/check"
)

func needsProxy(e *check.Env) string {
	if e.Answers.Proxy.HTTP == "" && e.Answers.Proxy.HTTPS == "" {
		return "no proxy was named"
	}
	return ""
}

func needsCAs(e *check.Env) string {
	if len(e.Answers.Certificates.CustomCAs)+len(e.Answers.Certificates.SecretRefs) == 0 {
		return "no custom CAs were named"
	}
	return ""
}

// Checks ask about the proxy and the custom CAs of the server.
var Checks = []check.Check{
	{
		ID: "network.proxy", Claim: "the proxy leaves cluster traffic alone", Severity: check.MustPass, When: needsProxy, Run: checkProxy,
		Why:   "requests to the cluster and to private hosts would go to the proxy, which does not know them",
		Finds: []string{"a malformed entry, which excludes nothing", "a proxy at localhost: that is the pod itself", "the database or the Vault is not excluded (a warning)", "the ranges of pods and Services are not excluded (a warning)"},
	},
	{
		ID: "network.ca", Claim: "the custom CAs are certificates", Severity: check.MustPass, When: needsCAs, Run: checkCA,
		Why:   "the server's pods do not start, or do not trust what you want them to",
		Finds: []string{"not PEM, or no certificate in it", "a certificate that is not an authority's (CA:TRUE)", "expired, or not yet valid; ending soon (a warning)", "a name that is not a DNS label", "two of the same name; the same certificate twice (a warning)"},
	},
}
