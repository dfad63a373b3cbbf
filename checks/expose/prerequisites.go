package expose

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// How ingress-nginx and cert-manager are installed, as their own documentation
// gives it. The installer does not do it: the remedies print the commands.
const (
	installNginx = "helm upgrade --install ingress-nginx ingress-nginx --repo https://kubernetes.github.io/ingress-nginx" +
		" --namespace ingress-nginx --create-namespace"
	installCertManager = "helm upgrade --install cert-manager oci://quay.io/jetstack/charts/cert-manager" +
		" --namespace cert-manager --create-namespace --set crds.enabled=true"
)

// leftToYou says of a prerequisite that the answers want installed that this
// version does not install it.
func leftToYou(key string, wanted bool) string {
	if !wanted {
		return ""
	}
	return fmt.Sprintf("; %s is not carried out by this version: the command below does it", key)
}

// makesIssuer tells whether the answers want a ClusterIssuer made.
func makesIssuer(e *check.Env) bool {
	return e.Answers.Prerequisites.ClusterIssuer.Create && e.Answers.Expose.TLS.Issuer.Kind != answers.NamespaceIssuer
}

// makeIssuer is the command that makes the issuer that the answers name, for
// Let's Encrypt by way of the server's own ingress class. Of its services it
// is the one for trying out, unless answers or name ask for the other.
func makeIssuer(e *check.Env) string {
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
