package prerequisite

import (
	"cmp"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/gatewayapi"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
)

// The listeners of a Gateway that the installer creates.
const (
	HTTPListener  = "http"
	HTTPSListener = "https"
)

// defaultCertificate is the Secret of the certificate without an answer.
const defaultCertificate = "zenml-tls-certs"

// WantsGateway reports whether the user agreed to create the Gateway if it is missing.
func WantsGateway(a answers.Answers) bool {
	f, _ := answers.FieldByKey("prerequisites.gateway.create")
	return f.Applies(a) && a.Prerequisites.Gateway.Create && a.Expose.Gateway.Name != "" && a.Expose.Gateway.Namespace != ""
}

// GatewayClass returns the GatewayClass of a Gateway that the installer creates.
func GatewayClass(a answers.Answers) string {
	return cmp.Or(a.Prerequisites.Gateway.Class, answers.ClassTraefik)
}

// CertificateNamespace returns the namespace of the certificate's Secret and of a
// namespaced issuer: a Gateway reads the Secret in its own.
func CertificateNamespace(a answers.Answers) string {
	if a.Expose.Type == answers.ByGateway {
		return a.Expose.Gateway.Namespace
	}
	return a.Cluster.Namespace
}

// Gateway returns the Gateway of the answers, or nil if the user did not agree to create
// one. Routes of the server's namespace attach to its listener with HTTPS, or without a
// certificate to the one with HTTP. Another listener with HTTP is for the challenges of
// cert-manager, whose routes are in the Gateway's namespace.
func Gateway(a answers.Answers) *unstructured.Unstructured {
	if !WantsGateway(a) {
		return nil
	}
	g := a.Expose.Gateway
	metadata := map[string]any{"name": g.Name, "namespace": g.Namespace,
		"labels": map[string]any{manifest.LabelManagedBy: manifest.Installer}}
	notes := map[string]any{ownerAnnotation: ownerOf(a)}
	if a.Expose.TLS.Mode == answers.CertManager {
		notes[issuerAnnotation(a)] = a.Expose.TLS.Issuer.Name
	}
	metadata["annotations"] = notes
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": gatewayapi.Gateways.GroupVersion().String(), "kind": "Gateway", "metadata": metadata,
		"spec": map[string]any{"gatewayClassName": GatewayClass(a), "listeners": listeners(a)},
	}}
}

// IssuedSecrets returns the names of the Secrets in a Gateway's namespace that cert-manager
// fills for it.
func IssuedSecrets(g unstructured.Unstructured) []string {
	at := g.GetAnnotations()
	if at[clusterIssuerKey] == "" && at[issuerKey] == "" {
		return nil
	}
	var names []string
	listeners, _, _ := unstructured.NestedSlice(g.Object, "spec", "listeners")
	for _, item := range listeners {
		l, _ := item.(map[string]any)
		refs, _, _ := unstructured.NestedSlice(l, "tls", "certificateRefs")
		for _, item := range refs {
			ref, _ := item.(map[string]any)
			name, _ := ref["name"].(string)
			if namespace, _ := ref["namespace"].(string); name != "" && (namespace == "" || namespace == g.GetNamespace()) {
				names = append(names, name)
			}
		}
	}
	return names
}

func issuerAnnotation(a answers.Answers) string {
	if a.Expose.TLS.Issuer.Kind == answers.NamespaceIssuer {
		return issuerKey
	}
	return clusterIssuerKey
}

func listeners(a answers.Answers) []any {
	secure := map[string]any{
		"name": HTTPSListener, "protocol": "HTTPS", "port": int64(443), "allowedRoutes": allowedRoutes(a),
		"tls": map[string]any{"mode": "Terminate", "certificateRefs": []any{
			map[string]any{"kind": "Secret", "name": cmp.Or(a.Expose.TLS.SecretName, defaultCertificate)},
		}},
	}
	plain := map[string]any{"name": HTTPListener, "protocol": "HTTP", "port": int64(80), "allowedRoutes": from("Same")}
	if host := a.Expose.Host.Name; host != "" {
		secure["hostname"], plain["hostname"] = host, host
	}
	switch a.Expose.TLS.Mode {
	case answers.CertManager:
		return []any{plain, secure}
	case answers.CertSecret:
		return []any{secure}
	}
	plain["allowedRoutes"] = allowedRoutes(a)
	return []any{plain}
}

// allowedRoutes admits the routes of the server's namespace.
func allowedRoutes(a answers.Answers) map[string]any {
	if a.Expose.Gateway.Namespace == a.Cluster.Namespace {
		return from("Same")
	}
	return map[string]any{"namespaces": map[string]any{"from": "Selector", "selector": map[string]any{
		"matchLabels": map[string]any{corev1.LabelMetadataName: a.Cluster.Namespace},
	}}}
}

func from(which string) map[string]any {
	return map[string]any{"namespaces": map[string]any{"from": which}}
}
