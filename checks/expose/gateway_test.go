package expose

import (
	"fmt"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/testdb"
	"github.com/zenml-installer/zenml-installer/internal/testgateway"
)

const (
	gatewayReady = `status: {addresses: [{value: 203.0.113.20}], conditions: [{type: Accepted, status: "True", reason: Accepted, message: "", lastTransitionTime: "2026-01-01T00:00:00Z"}, {type: Programmed, status: "True", reason: Programmed, message: "", lastTransitionTime: "2026-01-01T00:00:00Z"}]}`
	allowAll     = `allowedRoutes: {namespaces: {from: All}}`
	tlsOf        = `tls: {certificateRefs: [{name: shared-tls}]}`
)

// gateway creates the Gateway "shared" in the test's namespace with one HTTPS listener.
func (s *stage) gateway(listener, status string) {
	s.T.Helper()
	s.apply(gatewayResource, s.Namespace, fmt.Sprintf(`
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: shared}
spec:
  gatewayClassName: example
  listeners:
  - {name: https, port: 443, protocol: HTTPS, %s}
%s`, listener, status))
}

// throughGateway returns an install in another namespace than the Gateway's.
func (s *stage) throughGateway(namespace string, change ...func(*answers.Expose)) *check.Env {
	s.T.Helper()
	e := s.env(map[string]string{"zenml.test": "203.0.113.20"})
	e.Answers.Cluster.Namespace = namespace
	e.Answers.Expose = answers.Expose{
		Type:    answers.ByGateway,
		Host:    answers.Host{Name: "zenml.test"},
		Gateway: answers.Gateway{Name: "shared", Namespace: s.Namespace},
	}
	for _, c := range change {
		c(&e.Answers.Expose)
	}
	e.Answers = e.Answers.Complete()
	return e
}

// TestGateway is a single test and not parallel: the Gateway API is installed for the
// whole cluster.
func TestGateway(t *testing.T) {
	s := newStage(t)
	testgateway.Lock(t, s.Cluster)
	other := s.Cluster.Namespace(t)
	checktest.Expect(t, runChecks(t, s.throughGateway(other), "expose.class"), "expose.class", check.Failed,
		"the Gateway API is not installed", "has no Gateways", "prerequisites: {gateway: {create: true}, traefik: install}")
	t.Run("future API", func(t *testing.T) { futureGatewayAPI(t, s, other) })
	installCRDs(t, s.Cluster, "sigs.k8s.io/gateway-api", "config/crd/standard", "gateway.networking.k8s.io_gateways",
		"gateway.networking.k8s.io_httproutes", "gateway.networking.k8s.io_gatewayclasses")
	t.Run("future Gateway", func(t *testing.T) { futureGateways(t, s, other) })
	t.Run("class", func(t *testing.T) { gatewayClassFaults(t, s, other) })
	t.Run("own Gateway", func(t *testing.T) { ownGateway(t, s, other) })
	t.Run("controller", func(t *testing.T) { gatewayControllerFaults(t, s, other) })
	t.Run("issuer", func(t *testing.T) { gatewayIssuerFaults(t, s, other) })
	t.Run("certificate", func(t *testing.T) { gatewayCertificateFaults(t, s, other) })
	t.Run("conflict", func(t *testing.T) { gatewayConflicts(t, s, other) })
}

func gatewayClassFaults(t *testing.T, s *stage, other string) {
	class := func(change ...func(*answers.Expose)) check.Report {
		return runChecks(t, s.throughGateway(other, change...), "expose.class")
	}
	checktest.Expect(
		t,
		class(),
		"expose.class",
		check.Failed,
		"the Gateway shared does not exist in namespace "+s.Namespace,
	)
	for name, c := range map[string]struct{ listener, say string }{
		"its own namespace": {tlsOf, "admits only routes in namespace " + s.Namespace},
		"other labels": {
			tlsOf + `, allowedRoutes: {namespaces: {from: Selector, selector: {matchLabels: {team: web}}}}`,
			"admits only namespaces with team=web",
		},
		"another host": {
			tlsOf + `, hostname: "*.example.org", ` + allowAll, "is for *.example.org, not for zenml.test",
		},
		"other routes": {
			tlsOf + `, allowedRoutes: {namespaces: {from: All}, kinds: [{kind: GRPCRoute}]}`, "admits only GRPCRoute",
		},
	} {
		t.Run(name, func(t *testing.T) {
			s.gateway(c.listener, gatewayReady)
			checktest.Expect(t, class(), "expose.class", check.Failed, c.say)
		})
	}
	s.gateway(
		tlsOf+`, hostname: "*.test", `+strings.ReplaceAll(
			`allowedRoutes: {namespaces: {from: Selector, selector: {matchLabels: {kubernetes.io/metadata.name: NAME}}}}`,
			"NAME",
			other,
		),
		gatewayReady,
	)
	checktest.Expect(t, class(), "expose.class", check.Pass, "Gateway shared, listener https")
	checktest.Expect(t, class(func(x *answers.Expose) { x.Gateway.Name = "none" }), "expose.class", check.Failed,
		"shared in "+s.Namespace)
	checktest.Expect(t, class(func(x *answers.Expose) { x.Gateway.Section = "web" }), "expose.class", check.Failed,
		"has no listener web; existing: https")
	checktest.Expect(t, class(func(x *answers.Expose) { x.Gateway.Scheme = "http" }), "expose.class", check.Warned,
		"uses HTTPS", "scheme: https")
}

func gatewayControllerFaults(t *testing.T, s *stage, other string) {
	listener := tlsOf + ", " + allowAll
	report := func() check.Report { return runChecks(t, s.throughGateway(other), "expose.controller", "expose.dns") }
	s.gateway(listener, "")
	checktest.Expect(t, report(), "expose.controller", check.Failed, "no controller has accepted Gateway shared",
		"GatewayClass example")
	s.gateway(
		listener,
		strings.Replace(gatewayReady, `type: Programmed, status: "True", reason: Programmed, message: ""`,
			`type: Programmed, status: "False", reason: AddressNotAssigned, message: "no pool is left"`, 1),
	)
	checktest.Expect(t, report(), "expose.controller", check.Failed,
		"is not Programmed: no pool is left (AddressNotAssigned)")
	s.gateway(listener, strings.Replace(gatewayReady, "addresses: [{value: 203.0.113.20}], ", "", 1))
	checktest.Expect(t, report(), "expose.controller", check.Failed, "has no address")
	s.gateway(
		listener,
		strings.Replace(
			gatewayReady,
			"status: {",
			`status: {listeners: [{name: https, attachedRoutes: 0, supportedKinds: [], conditions: [{type: ResolvedRefs, status: "False", reason: InvalidCertificateRef, message: "Secret shared-tls not found", lastTransitionTime: "2026-01-01T00:00:00Z"}]}], `,
			1,
		),
	)
	checktest.Expect(t, report(), "expose.controller", check.Failed, "listener https", "Secret shared-tls not found")
	s.gateway(listener, gatewayReady)
	checktest.Expect(t, report(), "expose.controller", check.Pass, "at 203.0.113.20")
	checktest.Expect(t, report(), "expose.dns", check.Pass)
}

func gatewayCertificateFaults(t *testing.T, s *stage, other string) {
	s.gateway(tlsOf+", "+allowAll, gatewayReady)
	report := func() check.Report { return runChecks(t, s.throughGateway(other), "expose.tls") }
	checktest.Expect(
		t,
		report(),
		"expose.tls",
		check.Failed,
		"Secret shared-tls does not exist in namespace "+s.Namespace,
	)
	s.tlsSecret("shared-tls", corev1.SecretTypeTLS,
		testdb.NewAuthority(t).Server(t, time.Now().AddDate(1, 0, 0), "*.test"))
	checktest.Expect(t, report(), "expose.tls", check.Pass, "for *.test")
}

func gatewayConflicts(t *testing.T, s *stage, other string) {
	s.gateway(tlsOf+", "+allowAll, gatewayReady)
	route := func(name, host, path string) {
		s.apply(httpRouteResource, s.Namespace, fmt.Sprintf(`
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: %s}
spec:
  parentRefs: [{name: shared}]
  hostnames: [%s]
  rules: [{matches: [{path: {type: PathPrefix, value: %s}}], backendRefs: [{name: shop, port: 80}]}]
`, name, host, path))
	}
	conflict := func(host string) check.Report {
		return runChecks(t, s.throughGateway(other, func(x *answers.Expose) { x.Host.Name = host }), "expose.conflict")
	}
	route("taken", "taken.test", "/")
	route("below", "below.test", "/api/v1")
	checktest.Expect(t, conflict("zenml.test"), "expose.conflict", check.Pass)
	checktest.Expect(t, conflict("taken.test"), "expose.conflict", check.Failed,
		"HTTPRoute taken in namespace "+s.Namespace, "delete httproute taken")
	checktest.Expect(t, conflict("below.test"), "expose.conflict", check.Warned, "below.test/api/v1")
}
