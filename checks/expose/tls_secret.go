package expose

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/checks/check"
)

// certificateSecret checks a Secret with the server's certificate.
func certificateSecret(ctx context.Context, e *check.Env, namespace, name string) (string, error) {
	client, err := e.Cluster.Client()
	if err != nil {
		return "", err
	}
	make := fmt.Sprintf("kubectl -n %s create secret tls %s --cert=tls.crt --key=tls.key", namespace, name)
	found, err := client.CoreV1().Secrets(namespace).Get(ctx, name, metav1.GetOptions{})
	switch {
	case apierrors.IsNotFound(err):
		return "", &check.Fault{
			Summary: fmt.Sprintf("Secret %s does not exist in namespace %s", name, namespace),
			Remedy:  make,
			Err:     err,
		}
	case err != nil:
		return "", check.ReadError(err, "Secret "+name)
	case found.Type != corev1.SecretTypeTLS:
		return "", &check.Fault{
			Summary: fmt.Sprintf("Secret %s is of type %s, not %s", name, found.Type, corev1.SecretTypeTLS),
			Remedy:  fmt.Sprintf("kubectl -n %s delete secret %s\n%s", namespace, name, make),
		}
	}
	host, err := routeHost(ctx, e)
	if err != nil {
		return "", check.Skip("the host is unknown until the controller has an address: %v", err)
	}
	return checkPair(e, name, host, make+replaceFlags, found.Data)
}

// replaceFlags turns the command that creates a Secret into one that replaces it.
const replaceFlags = " --dry-run=client -o yaml | kubectl apply -f -"

// checkPair checks a certificate and its key as the controller uses them.
func checkPair(e *check.Env, secret, host, replace string, data map[string][]byte) (string, error) {
	pair, err := tls.X509KeyPair(data[corev1.TLSCertKey], data[corev1.TLSPrivateKeyKey])
	if err != nil {
		return "", &check.Fault{
			Summary: fmt.Sprintf("Secret %s has no valid certificate and key: %s", secret, check.Reason(err)),
			Remedy:  "store the whole certificate chain and its private key:\n" + replace,
			Err:     err,
		}
	}
	leaf, err := x509.ParseCertificate(pair.Certificate[0])
	if err != nil {
		return "", &check.Fault{
			Summary: fmt.Sprintf("Secret %s has a certificate that cannot be parsed: %s", secret, check.Reason(err)),
			Remedy:  "store a valid certificate:\n" + replace,
			Err:     err,
		}
	}
	now := e.Now()
	var wrong x509.HostnameError
	switch err := leaf.VerifyHostname(host); {
	case now.After(leaf.NotAfter), now.Before(leaf.NotBefore):
		return "", &check.Fault{
			Summary: fmt.Sprintf("Secret %s: %s", secret, check.ValidityProblem(leaf, now)),
			Remedy:  "issue a new certificate and store it:\n" + replace,
		}
	case host != "" && errors.As(err, &wrong):
		return "", &check.Fault{
			Summary: fmt.Sprintf("the certificate in Secret %s is for %s, not for %s", secret,
				check.JoinAnd(check.CertificateNames(leaf)), host),
			Remedy: "issue a certificate for " + host + ", or set expose: {host: …} to a host in the certificate",
		}
	case leaf.NotAfter.Sub(now) < check.ExpiryWarning:
		return "", &check.Fault{
			Warn: true,
			Summary: fmt.Sprintf("the certificate in Secret %s expires on %s", secret,
				leaf.NotAfter.Format(time.DateOnly)),
			Reason: "browsers and clients reject the server after that date",
			Remedy: "issue a new certificate and store it:\n" + replace,
		}
	}
	return fmt.Sprintf("Secret %s, for %s, until %s", secret, check.JoinAnd(check.CertificateNames(leaf)),
		leaf.NotAfter.Format(time.DateOnly)), nil
}
