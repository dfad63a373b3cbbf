package expose

import (
	"context"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// chartCertificate is the Secret that the chart's Ingress takes its
// certificate from unless told otherwise (server.ingress.tls.secretName).
const chartCertificate = "zenml-tls-certs"

func checkTLS(ctx context.Context, e *check.Env) (string, error) {
	if byGateway(e) {
		return gatewayCertificate(ctx, e)
	}
	switch certificateMode(e) {
	case answers.CertSelfSigned:
		return "the chart makes a certificate for " + e.Answers.Expose.Host.String(), nil
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

// gatewayCertificate judges the certificates of the listeners that admit the
// server's route.
func gatewayCertificate(ctx context.Context, e *check.Env) (string, error) {
	g, err := findGateway(ctx, e)
	if err != nil {
		return "", check.Skip("needs expose.class")
	}
	admitting, err := admittingListeners(ctx, e, g)
	if err != nil {
		return "", check.Skip("needs expose.class")
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
				continue // the Gateway's controller alone knows what it is
			}
			if found, err = certificateSecret(ctx, e, namespace, ref.Name); err == nil {
				return found, nil
			}
		}
	}
	if err != nil {
		return "", err
	}
	return "", check.Skip("no listener of the Gateway takes its certificate from a Secret; its controller may bring one")
}
