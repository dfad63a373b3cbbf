// Package network contains the checks of the proxy and the custom CAs.
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

// Checks verify the server's proxy and custom CAs.
var Checks = []check.Check{
	{
		ID:       "network.proxy",
		Claim:    "cluster traffic bypasses the proxy",
		Failure:  "cluster traffic goes through the proxy",
		Severity: check.MustPass,
		When:     needsProxy,
		Run:      checkProxy,

		Reason: "requests to the cluster and to private hosts would go to the proxy, which cannot reach them",
		Finds: []string{
			"a malformed NO_PROXY entry, which excludes nothing",
			"a proxy at localhost, which is the pod itself",
			"a database or Vault that is not excluded (a warning)",
			"pod and Service ranges that are not excluded (a warning)",
		},
	},
	{
		ID:       "network.ca",
		Claim:    "the custom CAs are valid CA certificates",
		Failure:  "a custom CA is not a valid CA certificate",
		Severity: check.MustPass,
		When:     needsCAs,
		Run:      checkCA,

		Reason: "the server's pods do not start, or do not trust what you want them to trust",
		Finds: []string{
			"text that is not PEM, or without a certificate",
			"a certificate that is not a CA (CA:TRUE)",
			"a certificate that is expired or not yet valid; one that expires soon (a warning)",
			"a name that is not a DNS label",
			"two CAs of the same name; the same certificate twice (a warning)",
		},
	},
}
