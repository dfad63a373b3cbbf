package inspect_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/install/inspect"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

func TestMain(m *testing.M) { testcluster.Main(m) }

// certificate returns a self-signed certificate that expires at a time.
func certificate(t *testing.T, expires time.Time) []byte {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: expires}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

const ingress = `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: zenml-server}
spec:
  tls: [{hosts: [zenml.example.com], secretName: tls}]
`

// TestOverviewCertificate reads when the certificate of the Ingress expires, also if
// there is none yet or the Secret has something else.
func TestOverviewCertificate(t *testing.T) {
	c := testcluster.Start(t)
	client, namespace := c.Client(t), c.Namespace(t)
	objects, err := manifest.Parse([]byte(ingress))
	if err != nil {
		t.Fatal(err)
	}
	scope := inspect.Scope{Client: client, Namespace: namespace, Release: "zenml-server", Objects: objects}
	if got := scope.Overview(t.Context()); got.Certificate != nil || len(got.Unknown) > 0 {
		t.Errorf("without a Secret: %+v, %v", got.Certificate, got.Unknown)
	}
	expires := time.Now().Add(20 * 24 * time.Hour).UTC().Truncate(time.Second)
	secrets := client.CoreV1().Secrets(namespace)
	created, err := secrets.Create(t.Context(), &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Name: "tls"}, Data: map[string][]byte{corev1.TLSCertKey: certificate(t, expires)},
	}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	got := scope.Overview(t.Context()).Certificate
	if got == nil || got.Secret != "tls" || !got.Expires.Equal(expires) {
		t.Errorf("with a certificate: %+v, want %s", got, expires)
	}
	created.Data[corev1.TLSCertKey] = []byte("no certificate")
	if _, err := secrets.Update(t.Context(), created, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
	if got := scope.Overview(t.Context()).Certificate; got != nil {
		t.Errorf("with something else: %+v", got)
	}
}
