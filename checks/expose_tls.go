package checks

import (
	"context"

	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// chartCertificate is the Secret that the chart's Ingress takes its
// certificate from unless told otherwise (server.ingress.tls.secretName).
const chartCertificate = "zenml-tls-certs"

func exposeTLS(ctx context.Context, e *Env) (string, error) {
	if e.byGateway() {
		return e.gatewayCertificate(ctx)
	}
	switch e.certificateMode() {
	case answers.CertSelfSigned:
		return "the chart makes a certificate for " + e.Answers.Expose.Host.String(), nil
	case answers.CertManager:
		return e.certManager(ctx)
	}
	return e.certificateSecret(ctx, e.namespace(), e.tlsSecretName())
}

func (e *Env) tlsSecretName() string {
	if name := e.Answers.Expose.TLS.SecretName; name != "" {
		return name
	}
	return chartCertificate
}

// gatewayCertificate judges the certificates of the listeners that admit the
// server's route.
func (e *Env) gatewayCertificate(ctx context.Context) (string, error) {
	g, err := e.gateway(ctx)
	if err != nil {
		return "", Skip("needs expose.class")
	}
	admitting, err := e.admittingListeners(ctx, g)
	if err != nil {
		return "", Skip("needs expose.class")
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
			if found, err = e.certificateSecret(ctx, namespace, ref.Name); err == nil {
				return found, nil
			}
		}
	}
	if err != nil {
		return "", err
	}
	return "", Skip("no listener of the Gateway takes its certificate from a Secret; its controller may bring one")
}
