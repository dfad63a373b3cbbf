package expose

import (
	"context"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// chartCertificate is the default Secret of the chart's Ingress certificate
// (server.ingress.tls.secretName).
const chartCertificate = "zenml-tls-certs"

func checkTLS(ctx context.Context, e *check.Env) (string, error) {
	if byGateway(e) {
		return gatewayCertificate(ctx, e)
	}
	switch certificateMode(e) {
	case answers.CertSelfSigned:
		return "the chart generates a certificate for " + e.Answers.Expose.Host.String(), nil
	case answers.CertManager:
		return certManager(ctx, e)
	}
	return certificateSecret(ctx, e, e.Namespace(), tlsSecretName(e))
}

func tlsSecretName(e *check.Env) string {
	if name := e.Answers.Expose.TLS.SecretName; name != "" {
		return name
	}
	return chartCertificate
}

// gatewayCertificate checks the certificates of the listeners that admit the server's
// route, or what issues the one of the installer's own Gateway.
func gatewayCertificate(ctx context.Context, e *check.Env) (string, error) {
	g, err := findGateway(ctx, e)
	if err != nil {
		return "", check.Skip("needs expose.class")
	}
	admitting, err := admittingListeners(ctx, e, g)
	if err != nil {
		return "", check.Skip("needs expose.class")
	}
	if g.isOwn(e) && certificateMode(e) == answers.CertManager {
		return certManager(ctx, e)
	}
	found := ""
	for _, l := range admitting {
		if l.TLS == nil {
			continue
		}
		for _, ref := range l.TLS.CertificateRefs {
			namespace := ref.Namespace
			if namespace == "" {
				namespace = g.Metadata.Namespace
			}
			if ref.Kind != "" && ref.Kind != "Secret" {
				continue // only the Gateway's controller knows the kind
			}
			if found, err = certificateSecret(ctx, e, namespace, ref.Name); err == nil {
				return found, nil
			}
		}
	}
	if err != nil {
		return "", explainUnissued(ctx, e, g, err)
	}
	return "", check.Skip("no listener of the Gateway has a certificate in a Secret; its controller may provide one")
}
