package connect

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

// selfSigned returns a certificate that no machine trusts.
func selfSigned(t *testing.T, host string) []byte {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: host},
		DNSNames:     []string{host},
		NotAfter:     time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

// addressBench is a namespace with objects whose address is determined.
type addressBench struct {
	t         *testing.T
	client    kubernetes.Interface
	namespace string
}

func newAddressBench(t *testing.T) *addressBench {
	t.Helper()
	cluster := testcluster.Start(t)
	return &addressBench{t: t, client: cluster.Client(t), namespace: cluster.Namespace(t)}
}

// finder returns the addressFinder of objects in the cluster.
func (b *addressBench) finder(objects string) addressFinder {
	b.t.Helper()
	parsed, err := manifest.Parse([]byte(objects))
	if err != nil {
		b.t.Fatal(err)
	}
	return addressFinder{client: b.client, namespace: b.namespace, objects: parsed}
}

func (f addressFinder) mustFind(t *testing.T) Address {
	t.Helper()
	a, err := f.find(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// TestAddressOfAnIngress covers Ingresses without a host, which have the
// address of their controller, and with a host and certificates.
func TestAddressOfAnIngress(t *testing.T) {
	t.Parallel()
	b := newAddressBench(t)
	client := b.client
	prefix := networkingv1.PathTypeImplementationSpecific
	in := &networkingv1.Ingress{
		ObjectMeta: metav1.ObjectMeta{Name: "zenml"},
		Spec: networkingv1.IngressSpec{Rules: []networkingv1.IngressRule{{
			IngressRuleValue: networkingv1.IngressRuleValue{
				HTTP: &networkingv1.HTTPIngressRuleValue{Paths: []networkingv1.HTTPIngressPath{{
					Path: "/zenml(/|$)(.*)", PathType: &prefix,
					Backend: networkingv1.IngressBackend{
						Service: &networkingv1.IngressServiceBackend{
							Name: "zenml",
							Port: networkingv1.ServiceBackendPort{Number: 80},
						},
					},
				}}},
			},
		}}},
	}
	ingresses := client.NetworkingV1().Ingresses(b.namespace)
	in, err := ingresses.Create(t.Context(), in, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	f := b.finder("apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: zenml}\n")
	if a := f.mustFind(t); a.URL != "" ||
		a.Pending != "Ingress zenml has no address yet; check with: kubectl -n "+b.namespace+" get ingress zenml" {
		t.Errorf("without host and address: %+v", a)
	}
	in.Status.LoadBalancer.Ingress = []networkingv1.IngressLoadBalancerIngress{{IP: "192.0.2.9"}}
	if in, err = ingresses.UpdateStatus(t.Context(), in, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
	if a := f.mustFind(t); a.URL != "http://192.0.2.9/zenml" {
		t.Errorf("without host: %+v", a)
	}
	in.Spec.Rules[0].Host = "zenml.example.com"
	in.Spec.TLS = []networkingv1.IngressTLS{{Hosts: []string{"zenml.example.com"}, SecretName: "zenml-tls"}}
	if _, err = ingresses.Update(t.Context(), in, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
	if got := LoginCommand(f.mustFind(t).Login()); got != "zenml login https://zenml.example.com/zenml" {
		t.Errorf("before the certificate is there: %s", got)
	}
	secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "zenml-tls"}, Type: corev1.SecretTypeTLS,
		Data: map[string][]byte{"tls.crt": selfSigned(t, "zenml.example.com"), "tls.key": []byte("x")}}
	if _, err := client.CoreV1().Secrets(b.namespace).Create(t.Context(), secret, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	if got := LoginCommand(f.mustFind(t).Login()); got != "zenml login https://zenml.example.com/zenml --no-verify-ssl" {
		t.Errorf("with a certificate of no authority: %s", got)
	}
}

// TestAddressOfARoute covers a Gateway that cannot be read. A route without a
// host has no address then.
func TestAddressOfARoute(t *testing.T) {
	t.Parallel()
	b := newAddressBench(t)
	const route = "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: zenml}\nspec:\n" +
		"  parentRefs: [{name: edge, namespace: infra}]\n  rules: [{matches: [{path: {type: PathPrefix, value: /api}}]}]\n"
	if a := b.finder(route + "  hostnames: [zenml.example.com]\n").mustFind(t); a.URL != "https://zenml.example.com/api" {
		t.Errorf("with a host: %+v", a)
	}
	if a := b.finder(route).mustFind(t); a.URL != "" ||
		a.Pending != "Gateway edge has no address yet; check with: kubectl -n infra get gateway edge" {
		t.Errorf("without: %+v", a)
	}
}

func TestWebAddress(t *testing.T) {
	for want, got := range map[string]string{
		"http://192.0.2.7":       webAddress("http", "192.0.2.7", 80),
		"http://192.0.2.7:30080": webAddress("http", "192.0.2.7", 30080),
		"https://z.example.com":  webAddress("https", "z.example.com", 443),
		"http://[2001:db8::1]":   webAddress("http", "2001:db8::1", 0),
		"http://[2001:db8::1]:1": webAddress("http", "2001:db8::1", 1),
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
