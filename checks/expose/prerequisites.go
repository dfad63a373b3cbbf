package expose

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// The commands that install an ingress controller and cert-manager, from their documentation.
// The installer does not run them; remedies print them.
const (
	installTraefik = "helm upgrade --install traefik traefik --repo https://traefik.github.io/charts" +
		" --namespace traefik --create-namespace"
	installCertManager = "helm upgrade --install cert-manager oci://quay.io/jetstack/charts/cert-manager" +
		" --namespace cert-manager --create-namespace --set crds.enabled=true"
)

// notInstalled notes that the installer does not install a prerequisite that
// the answers request.
func notInstalled(key string, wanted bool) string {
	if !wanted {
		return ""
	}
	return fmt.Sprintf("; this version does not support %s, use the command below", key)
}

// wantsIssuer reports whether the answers request a new ClusterIssuer.
func wantsIssuer(e *check.Env) bool {
	return e.Answers.Prerequisites.ClusterIssuer.Create && e.Answers.Expose.TLS.Issuer.Kind != answers.NamespaceIssuer
}

// issuerCommand returns the command that creates the answers' issuer, for Let's
// Encrypt with the server's ingress class. It uses the staging service unless
// the answers or the name request production.
func issuerCommand(e *check.Env) string {
	name, asked := e.Answers.Expose.TLS.Issuer.Name, e.Answers.Prerequisites.ClusterIssuer
	server := acmeStaging
	if asked.ACME == answers.ACMEProduction || asked.ACME == "" && strings.Contains(name, "prod") {
		server = acmeProduction
	}
	namespace := ""
	if issuerKind(e) == answers.NamespaceIssuer {
		namespace = "\n  namespace: " + e.Namespace()
	}
	return fmt.Sprintf(`kubectl apply -f - <<'EOF'
apiVersion: cert-manager.io/v1
kind: %s
metadata:
  name: %s%s
spec:
  acme:
    server: %s
    email: %s
    privateKeySecretRef:
      name: %s
    solvers:
      - http01:
          ingress:
            ingressClassName: %s
EOF`, issuerKind(e), name, namespace, server, cmp.Or(asked.Email, "ops@example.com"), name, ingressClassName(e))
}
