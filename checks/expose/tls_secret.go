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

// certificateSecret judges a Secret that holds the certificate users see.
func certificateSecret(ctx context.Context, e *check.Env, namespace, name string) (string, error) {
	client, err := e.Cluster.Client()
	if err != nil {
		return "", err
	}
	make := fmt.Sprintf("kubectl -n %s create secret tls %s --cert=tls.crt --key=tls.key", namespace, name)
	found, err := client.CoreV1().Secrets(namespace).Get(ctx, name, metav1.GetOptions{})
	switch {
	case apierrors.IsNotFound(err):
		return "", &check.Fault{Found: fmt.Sprintf("there is no Secret %s in namespace %s", name, namespace), Remedy: make, Cause: err}
	case err != nil:
		return "", check.ReadError(err, "Secret "+name)
	case found.Type != corev1.SecretTypeTLS:
		return "", &check.Fault{Found: fmt.Sprintf("Secret %s is of type %s, not %s", name, found.Type, corev1.SecretTypeTLS),
			Remedy: fmt.Sprintf("kubectl -n %s delete secret %s\n%s", namespace, name, make)}
	}
	host, err := routeHost(ctx, e)
	if err != nil {
		return "", check.Skip("the host is not known yet: %v", err)
	}
	return judgePair(e, name, host, make, found.Data)
}

// judgePair judges a certificate and key as the controller will use them.
func judgePair(e *check.Env, secret, host, replace string, data map[string][]byte) (string, error) {
	pair, err := tls.X509KeyPair(data[corev1.TLSCertKey], data[corev1.TLSPrivateKeyKey])
	if err != nil {
		return "", &check.Fault{Found: fmt.Sprintf("Secret %s holds no certificate with its key: %v", secret, err), Remedy: "put the whole chain and its own key there:\n" + replace, Cause: err}
	}
	leaf, err := x509.ParseCertificate(pair.Certificate[0])
	if err != nil {
		return "", &check.Fault{Found: fmt.Sprintf("Secret %s holds a certificate that cannot be read: %v", secret, err), Remedy: replace, Cause: err}
	}
	now := e.Now()
	var wrong x509.HostnameError
	switch err := leaf.VerifyHostname(host); {
	case now.After(leaf.NotAfter), now.Before(leaf.NotBefore):
		return "", &check.Fault{Found: fmt.Sprintf("Secret %s: %s", secret, check.ValidityProblem(leaf, now)), Remedy: "have a new certificate issued:\n" + replace}
	case host != "" && errors.As(err, &wrong):
		return "", &check.Fault{Found: fmt.Sprintf("the certificate in Secret %s is for %s, not for %s", secret, check.JoinAnd(check.CertificateNames(leaf)), host), Remedy: "have one issued for " + host + ", or choose the host that it is for: expose: {host: …}"}
	case leaf.NotAfter.Sub(now) < check.ExpiryWarning:
		return "", &check.Fault{Warn: true, Found: fmt.Sprintf("the certificate in Secret %s ends on %s", secret, leaf.NotAfter.Format(time.DateOnly)), Why: "browsers and clients refuse the server from then on", Remedy: "have a new certificate issued:\n" + replace}
	}
	return fmt.Sprintf("Secret %s, for %s, until %s", secret, check.JoinAnd(check.CertificateNames(leaf)), leaf.NotAfter.Format(time.DateOnly)), nil
}
