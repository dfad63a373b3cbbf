package prerequisite

import (
	"reflect"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// throughGateway returns answers that agree to create everything for a Gateway.
func throughGateway() answers.Answers {
	a := withConsent("")
	a.Cluster.Namespace = "zenml"
	a.Expose.Type, a.Expose.Host.Name = answers.ByGateway, "zenml.example.com"
	a.Expose.Gateway = answers.Gateway{Name: "shared", Namespace: "gateways"}
	a.Prerequisites.Gateway.Create = true
	return a
}

// TestGateway compares the listeners for the ways to get a certificate: the server's
// routes are never admitted to plain HTTP beside HTTPS.
func TestGateway(t *testing.T) {
	const server, itself = "server", "Same"
	for name, c := range map[string]struct {
		change func(*answers.Answers)
		want   map[string]string // the admitted namespaces by listener
	}{
		"cert-manager": {func(*answers.Answers) {}, map[string]string{HTTPListener: itself, HTTPSListener: server}},
		"secret": {func(a *answers.Answers) { a.Expose.TLS.Mode = answers.CertSecret },
			map[string]string{HTTPSListener: server}},
		"off": {func(a *answers.Answers) { a.Expose.TLS.Mode = answers.CertOff }, map[string]string{HTTPListener: server}},
		"own namespace": {func(a *answers.Answers) { a.Expose.TLS.Mode, a.Expose.Gateway.Namespace = "secret", "zenml" },
			map[string]string{HTTPSListener: itself}},
	} {
		a := throughGateway()
		c.change(&a)
		g := Gateway(a)
		got := map[string]string{}
		listeners, _, _ := unstructured.NestedSlice(g.Object, "spec", "listeners")
		for _, item := range listeners {
			l := item.(map[string]any)
			if l["hostname"] != "zenml.example.com" {
				t.Errorf("%s: %v", name, l)
			}
			from, _, _ := unstructured.NestedString(l, "allowedRoutes", "namespaces", "from")
			labels, _, _ := unstructured.NestedStringMap(l, "allowedRoutes", "namespaces", "selector", "matchLabels")
			if from == "Selector" && labels["kubernetes.io/metadata.name"] == "zenml" {
				from = server
			}
			got[l["name"].(string)] = from
		}
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	if a := withConsent("traefik"); Gateway(a) != nil {
		t.Error("a Gateway for an Ingress")
	}
}

func TestGatewayIssuer(t *testing.T) {
	a := throughGateway()
	if at := Gateway(a).GetAnnotations(); at["cert-manager.io/cluster-issuer"] != "letsencrypt" {
		t.Errorf("annotations %v", at)
	}
	solvers, _, _ := unstructured.NestedSlice(ClusterIssuer(a).Object, "spec", "acme", "solvers")
	parents, _, _ := unstructured.NestedSlice(solvers[0].(map[string]any), "http01", "gatewayHTTPRoute", "parentRefs")
	if p := parents[0].(map[string]any); p["name"] != "shared" || p["namespace"] != "gateways" || p["sectionName"] != "http" {
		t.Errorf("parent %v", p)
	}
	if names := IssuedSecrets(*Gateway(a)); !reflect.DeepEqual(names, []string{"zenml-tls-certs"}) {
		t.Errorf("cert-manager fills %q", names)
	}
	secret := throughGateway()
	secret.Expose.TLS.Mode = answers.CertSecret
	if names := IssuedSecrets(*Gateway(secret)); names != nil {
		t.Errorf("cert-manager fills %q", names)
	}
	a.Expose.TLS.Issuer.Kind = answers.NamespaceIssuer
	if at := Gateway(a).GetAnnotations(); at["cert-manager.io/issuer"] != "letsencrypt" || ClusterIssuer(a) != nil {
		t.Errorf("annotations %v, issuer %v", at, ClusterIssuer(a))
	}
}
