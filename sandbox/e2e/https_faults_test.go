package e2e

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// fault is a certificate that cannot be issued, and the resulting state.
type fault struct {
	host   string
	issuer string // a ClusterIssuer; letsencrypt-staging if empty
	// solver is a manifest of a ClusterIssuer's solvers, which is created first.
	solver string
	// expired stores an expired certificate in the Secret first.
	expired bool
	// want are the expected lines of issuance, each as parts in order.
	want [][]string
}

var httpsFaults = map[string]fault{
	"the host does not resolve": {host: "zenml.unresolved.test", want: [][]string{
		{"Certificate/zenml-tls", "Issuing=True DoesNotExist"},
		{"Certificate/zenml-tls", "Ready=False DoesNotExist", "Issuing certificate as Secret does not exist"},
		{"CertificateRequest/", "Ready=False Pending", "Waiting on certificate issuance from order"},
		{"Order/", "pending"},
		{
			"Challenge/",
			"pending",
			"Waiting for HTTP-01 challenge propagation: failed to perform self check GET request",
			"no such host",
		},
	}},
	"the host is unreachable": {host: "zenml.unreachable.test", want: [][]string{
		{
			"Challenge/",
			"pending",
			"Waiting for HTTP-01 challenge propagation: failed to perform self check GET request",
			"http://zenml.unreachable.test/.well-known/acme-challenge/",
		},
	}},
	"the solver's class is another controller's": {
		host:   "zenml.wrong-class.test",
		issuer: "wrong-class",
		solver: "[{http01: {ingress: {ingressClassName: traefik}}}]",
		want: [][]string{
			// The server itself responds at the challenge's path, as ZenML's
			// dashboard does for all paths.
			{
				"Challenge/",
				"pending",
				"Waiting for HTTP-01 challenge propagation: did not get expected response",
				"when querying endpoint",
			},
		},
	},
	"an expired certificate is not renewed": {host: "expired.unresolved.test", expired: true, want: [][]string{
		{"Certificate/zenml-tls", "Ready=False Expired", "Certificate expired on"},
		{"Certificate/zenml-tls", "Issuing=True"},
		{"Challenge/", "pending", "no such host"},
	}},
	"the issuer does not exist": {host: "zenml.no-issuer.test", issuer: "nobody", want: [][]string{
		{
			"CertificateRequest/",
			"Ready=False Pending",
			`Referenced "ClusterIssuer" not found: clusterissuer.cert-manager.io "nobody" not found`,
		},
	}},
	"the rate limit is exceeded": {host: "zenml.rate-limited.test", want: [][]string{
		{
			"Order/",
			"errored",
			"Failed to create Order: 429 urn:ietf:params:acme:error:rateLimited: too many certificates",
		},
		{"CertificateRequest/", "Ready=False Failed"},
		{"Certificate/zenml-tls", "Issuing=False Failed"},
	}},
	"the domain is refused by policy": {host: "zenml.blocked.test", want: [][]string{
		{"Order/", "urn:ietf:params:acme:error:rejectedIdentifier"},
		{"Certificate/zenml-tls", "Issuing=False Failed"},
	}},
	"the ACME server cannot reach the host": {host: "zenml.firewalled.test", want: [][]string{
		{"Challenge/", "invalid", "Error accepting authorization: acme: authorization error for zenml.firewalled.test"},
		{"Order/", "invalid"},
		{"Certificate/zenml-tls", "Issuing=False Failed"},
	}},
}

// provoke exposes a host with a certificate that cannot be issued, and waits
// for the resulting state.
func (f fault) provoke(t *testing.T, s *httpsSandbox, name string) {
	namespace := strings.ToLower(strings.NewReplacer(" ", "-", "'", "").Replace(name))
	s.serve(t, namespace)
	issuer := f.issuer
	if issuer == "" {
		issuer = "letsencrypt-staging"
	}
	if f.solver != "" {
		s.apply(t, clusterIssuers, "", fmt.Sprintf(`
apiVersion: cert-manager.io/v1
kind: ClusterIssuer
metadata: {name: %[1]s}
spec:
  acme:
    server: %[2]s
    email: ops@example.com
    privateKeySecretRef: {name: %[1]s}
    solvers: %[3]s
`, issuer, s.HTTPS.ACMEDirectory, f.solver))
	}
	if f.expired {
		s.expiredSecret(t, namespace, f.host)
	}
	start := time.Now()
	s.ingress(t, namespace, f.host, "cert-manager.io/cluster-issuer: "+issuer)
	eventually(t, 2*time.Minute, func(ctx context.Context) string {
		found := s.issuance(ctx, namespace)
		for _, want := range f.want {
			if !containsLine(found, want) {
				return fmt.Sprintf("no line has %q in\n%s", want, found)
			}
		}
		t.Logf("after %.1f s:\n%s%s", time.Since(start).Seconds(), found, s.events(ctx, namespace))
		return ""
	})
}

// containsLine reports whether a line of the text contains all parts in order.
func containsLine(text string, parts []string) bool {
	for line := range strings.Lines(text) {
		all := true
		for _, part := range parts {
			all = all && strings.Contains(line, part)
		}
		if all {
			return true
		}
	}
	return false
}

// issuance describes the objects that lead to the certificates of a namespace,
// a line per condition or state.
func (s *httpsSandbox) issuance(ctx context.Context, namespace string) string {
	ctx = context.WithoutCancel(ctx) // the state is most useful when the time has run out
	var out strings.Builder
	for _, resource := range []schema.GroupVersionResource{certificates, requests, orders, challenges} {
		list, err := s.dynamic.Resource(resource).Namespace(namespace).List(ctx, metav1.ListOptions{})
		if err != nil {
			return err.Error()
		}
		for i := range list.Items {
			describe(&out, &list.Items[i])
		}
	}
	return out.String()
}

func describe(out *strings.Builder, object *unstructured.Unstructured) {
	title := object.GetKind() + "/" + object.GetName()
	field := func(from map[string]any, name string) string {
		text, _, _ := unstructured.NestedString(from, name)
		return text
	}
	status, _, _ := unstructured.NestedMap(object.Object, "status")
	if state := field(status, "state"); state != "" || object.GetKind() == "Challenge" || object.GetKind() == "Order" {
		fmt.Fprintf(out, "  %s: %s: %s\n", title, state, field(status, "reason"))
	}
	conditions, _, _ := unstructured.NestedSlice(object.Object, "status", "conditions")
	for _, entry := range conditions {
		condition, _ := entry.(map[string]any)
		fmt.Fprintf(
			out,
			"  %s: %s=%s %s: %s\n",
			title,
			field(condition, "type"),
			field(condition, "status"),
			field(condition, "reason"),
			field(condition, "message"),
		)
	}
}

// events returns the warnings in a namespace, one per line.
func (s *httpsSandbox) events(ctx context.Context, namespace string) string {
	list, err := s.client.CoreV1().Events(namespace).List(ctx, metav1.ListOptions{FieldSelector: "type=Warning"})
	if err != nil {
		return err.Error()
	}
	var out strings.Builder
	for _, event := range list.Items {
		fmt.Fprintf(
			&out,
			"  event %s/%s: %s: %s\n",
			event.InvolvedObject.Kind,
			event.InvolvedObject.Name,
			event.Reason,
			event.Message,
		)
	}
	return out.String()
}

// expiredScenario serves a certificate from a Secret that has expired.
func (s *httpsSandbox) expiredScenario(t *testing.T, _ *httpsSandbox) {
	const namespace, host = "expired", "zenml.expired.test"
	s.serve(t, namespace)
	certificate := s.expiredSecret(t, namespace, host)
	s.ingress(t, namespace, host, "")
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(certificate)
	eventually(t, 30*time.Second, func(ctx context.Context) string {
		if _, err := s.ask(ctx, host, roots); err == nil || !strings.Contains(err.Error(), "certificate has expired") {
			return fmt.Sprintf("got %v, want an expired certificate", err)
		}
		return ""
	})
}

// expiredSecret stores an expired certificate in Secret "zenml-tls", as
// cert-manager leaves one that it cannot renew.
func (s *httpsSandbox) expiredSecret(t *testing.T, namespace, host string) (certificate []byte) {
	t.Helper()
	certificate, key := expired(t, host)
	secret := &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Name: "zenml-tls", Annotations: map[string]string{
			"cert-manager.io/issuer-name":  "letsencrypt-staging",
			"cert-manager.io/issuer-kind":  "ClusterIssuer",
			"cert-manager.io/issuer-group": "cert-manager.io",
		}},
		Type: corev1.SecretTypeTLS,
		Data: map[string][]byte{corev1.TLSCertKey: certificate, corev1.TLSPrivateKeyKey: key},
	}
	if _, err := s.client.CoreV1().Secrets(namespace).Create(t.Context(), secret, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	return certificate
}

// expired creates a self-signed certificate that expired an hour ago.
func expired(t *testing.T, host string) (certificate, key []byte) {
	t.Helper()
	private, err := rsa.GenerateKey(rand.Reader, 2048) // like cert-manager
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{host}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().AddDate(0, 0, -90), NotAfter: time.Now().Add(-time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(private)})
}
