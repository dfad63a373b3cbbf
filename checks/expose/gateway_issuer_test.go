package expose

import (
	"fmt"
	"testing"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
)

// gatewayIssuerFaults covers a Gateway whose certificate cert-manager does not
// issue. It is part of TestGateway, which installs the Gateway API.
func gatewayIssuerFaults(t *testing.T, s *stage, other string) {
	installCRDs(t, s.Cluster, "github.com/cert-manager/cert-manager", "deploy/crds", "cert-manager.io_clusterissuers")
	name := s.Namespace + "-gateway"
	s.apply(gatewayResource, s.Namespace, fmt.Sprintf(`
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: shared, annotations: {cert-manager.io/cluster-issuer: %s}}
spec:
  gatewayClassName: example
  listeners: [{name: https, port: 443, protocol: HTTPS, %s, %s}]
%s`, name, tlsOf, allowAll, gatewayReady))
	expect := func(parts ...string) {
		t.Helper()
		report := runChecks(t, s.throughGateway(other), "expose.tls")
		checktest.Expect(t, report, "expose.tls", check.Failed,
			append(parts, "Secret shared-tls does not exist", "cert-manager issues it with ClusterIssuer "+name)...)
	}
	expect("but it does not exist", "edit gateway shared")
	s.apply(clusterIssuerResource, "", issuerText("ClusterIssuer", name, acmeStaging, "nginx", isReady))
	expect("its HTTP-01 solvers create Ingresses", "gatewayHTTPRoute")
	s.apply(clusterIssuerResource, "", fmt.Sprintf(`
apiVersion: cert-manager.io/v1
kind: ClusterIssuer
metadata: {name: %s}
spec:
  acme:
    server: %s
    privateKeySecretRef: {name: key}
    solvers: [{http01: {gatewayHTTPRoute: {parentRefs: [{kind: Gateway, name: shared}]}}}]
`, name, acmeStaging))
	expect("describe certificates,certificaterequests,orders,challenges")
}
