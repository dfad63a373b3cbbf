package prerequisite

import (
	"cmp"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/gatewayapi"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
)

// The directories of Let's Encrypt.
const (
	ACMEProduction = "https://acme-v02.api.letsencrypt.org/directory"
	ACMEStaging    = "https://acme-staging-v02.api.letsencrypt.org/directory"
)

// ClusterIssuers is the resource of ClusterIssuers.
var ClusterIssuers = schema.GroupVersionResource{Group: "cert-manager.io", Version: "v1", Resource: "clusterissuers"}

// ACMEServer returns the directory of the ACME server in the answers.
func ACMEServer(asked answers.IssuerToMake) string {
	server := ACMEStaging
	if asked.ACME == answers.ACMEProduction {
		server = ACMEProduction
	}
	return cmp.Or(asked.Server, server)
}

// WantsIssuer reports whether the user agreed to create the ClusterIssuer if it is
// missing.
func WantsIssuer(a answers.Answers) bool {
	f, _ := answers.FieldByKey("prerequisites.clusterIssuer.create")
	return f.Applies(a) && a.Prerequisites.ClusterIssuer.IsCreated() && a.Expose.TLS.Issuer.Name != ""
}

// ClusterIssuer returns the ClusterIssuer of the answers, with HTTP-01 challenges for
// the server's ingress class or Gateway, or nil if the user did not agree to create one.
func ClusterIssuer(a answers.Answers) *unstructured.Unstructured {
	if !WantsIssuer(a) {
		return nil
	}
	asked, name := a.Prerequisites.ClusterIssuer, a.Expose.TLS.Issuer.Name
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": ClusterIssuers.GroupVersion().String(), "kind": answers.ClusterIssuer,
		"metadata": map[string]any{"name": name, "labels": map[string]any{manifest.LabelManagedBy: manifest.Installer}},
		"spec": map[string]any{"acme": map[string]any{
			"server": ACMEServer(asked), "email": asked.Email,
			"privateKeySecretRef": map[string]any{"name": name},
			"solvers":             []any{map[string]any{"http01": Solver(a)}},
		}},
	}}
}

// Solver returns how cert-manager serves HTTP-01 challenges for the server's host: with an
// Ingress, or with an HTTPRoute at the HTTP listener of the Gateway.
func Solver(a answers.Answers) map[string]any {
	if a.Expose.Type != answers.ByGateway {
		return map[string]any{"ingress": map[string]any{
			"ingressClassName": cmp.Or(a.Expose.Ingress.Class, answers.ClassNginx),
		}}
	}
	return map[string]any{"gatewayHTTPRoute": map[string]any{"parentRefs": []any{map[string]any{
		"group": gatewayapi.Group, "kind": "Gateway", "sectionName": HTTPListener,
		"name": a.Expose.Gateway.Name, "namespace": a.Expose.Gateway.Namespace,
	}}}}
}

// IsOwn reports whether the installer created an object, such as an issuer.
func IsOwn(labels map[string]string) bool {
	return labels[manifest.LabelManagedBy] == manifest.Installer
}
