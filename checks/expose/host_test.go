package expose

import (
	"testing"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
)

func TestHost_faults(t *testing.T) {
	for host, say := range map[string]string{
		"https://zenml.test": "a URL was given", "zenml.test:8443": "contains a port or a path", "10.0.0.1": "is an IP address",
		"*.zenml.test": "is a wildcard", "Zenml.test": "write zenml.test", "zenml_.test": "is not a DNS name",
	} {
		e := checktest.WithCluster(t, nil, "zenml")
		e.Answers.Expose = exposed("nginx", func(x *answers.Expose) { x.Host.Name = host })
		e.Rendered = nil
		checktest.Expect(t, runChecks(t, e, "expose.host"), "expose.host", check.Failed, say)
	}
	e := checktest.WithCluster(t, nil, "zenml")
	e.Answers.Expose = exposed("nginx",
		func(x *answers.Expose) { x.Host, x.TLS.Mode = answers.Host{}, answers.CertSelfSigned })
	checktest.Expect(
		t,
		runChecks(t, e, "expose.host"),
		"expose.host",
		check.Failed,
		"there is no host for the certificate",
	)
}

// withIngress returns an install with an Ingress in raw values.
func withIngress(t *testing.T, server, ingress map[string]any) *check.Env {
	t.Helper()
	whole := map[string]any{"enabled": true, "annotations": map[string]any{}}
	for key, value := range ingress {
		whole[key] = value
	}
	values := map[string]any{"ingress": whole}
	for key, value := range server {
		values[key] = value
	}
	e := checktest.WithCluster(t, nil, "zenml",
		func(a *answers.Answers) { a.Values = map[string]any{"server": values} })
	e.Answers.Expose = exposed("nginx")
	return e
}

func TestHost_rawValues(t *testing.T) {
	e := withIngress(t, nil, map[string]any{"host": "https://zenml.test"})
	checktest.Expect(
		t,
		runChecks(t, e, "expose.host"),
		"expose.host",
		check.Failed,
		"the rendered Ingress",
		"a URL was given",
	)
	e = withIngress(t, nil, map[string]any{"tls": map[string]any{"enabled": true}})
	e.Answers.Expose.Host = answers.Host{}
	checktest.Expect(t, runChecks(t, e, "expose.host"), "expose.host", check.Failed, "TLS without a host")
	e = withIngress(t, nil, map[string]any{"host": "zenml.test"})
	checktest.Expect(t, runChecks(t, e, "expose.host"), "expose.host", check.Pass, "zenml.test")
}
