package checks

import (
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/testdb"
)

func TestCertificateSecretFaults(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	authority := testdb.NewAuthority(t)
	year := time.Now().AddDate(1, 0, 0)
	good, other := authority.Server(t, year, "zenml.test"), authority.Server(t, year, "zenml.test")
	for name, c := range map[string]struct {
		kind   corev1.SecretType
		pair   testdb.Pair
		status Status
		say    string
	}{
		"good":        {corev1.SecretTypeTLS, good, Pass, "for zenml.test"},
		"wildcard":    {corev1.SecretTypeTLS, authority.Server(t, year, "*.test"), Pass, "for *.test"},
		"opaque":      {corev1.SecretTypeOpaque, good, Failed, "is of type Opaque, not kubernetes.io/tls"},
		"rubbish":     {corev1.SecretTypeTLS, testdb.Pair{Cert: []byte("rubbish"), Key: []byte("rubbish")}, Failed, "holds no certificate with its key"},
		"another-key": {corev1.SecretTypeTLS, testdb.Pair{Cert: good.Cert, Key: other.Key}, Failed, "private key does not match"},
		"other-host":  {corev1.SecretTypeTLS, authority.Server(t, year, "shop.test"), Failed, "is for shop.test, not for zenml.test"},
		"expired":     {corev1.SecretTypeTLS, authority.Server(t, time.Now().Add(-time.Minute), "zenml.test"), Failed, "expired on"},
		"ending":      {corev1.SecretTypeTLS, authority.Server(t, time.Now().Add(time.Hour), "zenml.test"), Warned, "ends on"},
	} {
		t.Run(name, func(t *testing.T) {
			s.tlsSecret(name, c.kind, c.pair)
			e := s.env(nil, func(x *answers.Expose) { x.TLS = answers.ExposeTLS{Mode: answers.CertSecret, SecretName: name} })
			expect(t, look(t, e, "expose.tls"), "expose.tls", c.status, c.say)
		})
	}
	e := s.env(nil, func(x *answers.Expose) { x.TLS = answers.ExposeTLS{Mode: answers.CertSecret} })
	expect(t, look(t, e, "expose.tls"), "expose.tls", Failed, "there is no Secret zenml-tls-certs", "create secret tls zenml-tls-certs")
	e = s.env(nil, func(x *answers.Expose) { x.TLS = answers.ExposeTLS{Mode: answers.CertSelfSigned} })
	expect(t, look(t, e, "expose.tls"), "expose.tls", Pass, "the chart makes a certificate for zenml.test")
}

// withIssuer is an install whose certificate cert-manager gets.
func (s *stage) withIssuer(name, kind string, change ...func(*answers.Prerequisites)) *Env {
	s.t.Helper()
	e := s.env(nil, func(x *answers.Expose) {
		x.TLS = answers.ExposeTLS{Mode: answers.CertManager, Issuer: answers.Issuer{Name: name, Kind: kind}}
	})
	for _, c := range change {
		c(&e.Answers.Prerequisites)
	}
	return e
}

func issuerText(kind, name, server, solver, status string) string {
	return fmt.Sprintf(`
apiVersion: cert-manager.io/v1
kind: %s
metadata: {name: %s}
spec: {acme: {server: %s, privateKeySecretRef: {name: key}, solvers: [{http01: {ingress: {ingressClassName: %s}}}]}}
status: {conditions: [{type: Ready, status: %s}]}
`, kind, name, server, solver, status)
}

const (
	isReady = `"True", reason: ACMEAccountRegistered, message: "registered"`
	unready = `"False", reason: ErrRegisterACMEAccount, message: "429 too many registrations"`
)

// TestCertManager is one test, not parallel: cert-manager is there or not for
// the whole cluster.
func TestCertManager(t *testing.T) {
	s := newStage(t)
	create := func(p *answers.Prerequisites) {
		p.CertManager, p.ClusterIssuer = answers.PrerequisiteInstall, answers.IssuerToMake{Create: true, ACME: answers.ACMEStaging, Email: "ops@example.com"}
	}
	install := func(p *answers.Prerequisites) { p.CertManager = answers.PrerequisiteInstall }
	report := func(name, kind string, change ...func(*answers.Prerequisites)) Report {
		return look(t, s.withIssuer(name, kind, change...), "expose.tls")
	}
	expect(t, report("letsencrypt", ""), "expose.tls", Failed, "cert-manager is not installed", installCertManager)
	expect(t, report("letsencrypt", "", install), "expose.tls", Failed, "prerequisites.certManager is not carried out by this version", installCertManager)
	skip := func(p *answers.Prerequisites) { p.CertManager = answers.PrerequisiteSkip }
	expect(t, report("letsencrypt", "", skip), "expose.tls", Skipped, "prerequisites.certManager is skip")

	installCRDs(t, s.Cluster, "github.com/cert-manager/cert-manager", "deploy/crds", "cert-manager.io_certificates", "cert-manager.io_issuers", "cert-manager.io_clusterissuers")
	t.Run("issuer", func(t *testing.T) { issuerFaults(t, s, report, create) })
	t.Run("webhook", func(t *testing.T) { webhookFaults(t, s, report) })
}

func issuerFaults(t *testing.T, s *stage, report func(string, string, ...func(*answers.Prerequisites)) Report, create func(*answers.Prerequisites)) {
	name := func(suffix string) string { return s.namespace + suffix }
	cluster := func(name, server, solver, status string) {
		s.apply(clusterIssuerResource, "", issuerText("ClusterIssuer", name, server, solver, status))
	}
	expect(t, report(name("-none"), ""), "expose.tls", Failed, "there is no ClusterIssuer "+name("-none"))
	cluster(name("-prod"), acmeProduction, s.namespace, isReady)
	expect(t, report(name("-prod"), ""), "expose.tls", Pass, "is Ready")
	expect(t, report(name("-none"), ""), "expose.tls", Failed, "there is "+name("-prod"), "issuer: {name: "+name("-prod"))
	expect(t, report(name("-prod"), answers.NamespaceIssuer), "expose.tls", Failed, "there is no Issuer", "but there is one of kind ClusterIssuer", "kind: ClusterIssuer")
	expect(t, report(name("-prod"), "", create), "expose.tls", Warned, "is there already", "while staging is asked for")
	cluster(name("-staging"), acmeProduction, s.namespace, isReady)
	expect(t, report(name("-staging"), ""), "expose.tls", Warned, "bears staging in its name", acmeStaging)
	cluster(name("-staging"), acmeStaging, s.namespace, isReady)
	expect(t, report(name("-staging"), ""), "expose.tls", Pass, "browsers do not trust them")
	cluster(name("-solver"), acmeProduction, "another-class", isReady)
	expect(t, report(name("-solver"), ""), "expose.tls", Warned, "through ingress class another-class")
	cluster(name("-new"), acmeProduction, s.namespace, unready)
	expect(t, report(name("-new"), ""), "expose.tls", Failed, "is not Ready: 429 too many registrations", "kubectl describe clusterissuer "+name("-new"))
	s.apply(clusterIssuerResource, "", strings.SplitN(issuerText("ClusterIssuer", name("-unseen"), acmeProduction, s.namespace, isReady), "status:", 2)[0])
	expect(t, report(name("-unseen"), ""), "expose.tls", Failed, "controller has not looked at it")
	s.madeByTheRemedy(clusterIssuerResource, "", expect(t, report(name("-mine"), "", create), "expose.tls", Failed, "there is no ClusterIssuer", "prerequisites.clusterIssuer.create is not carried out", "email: ops@example.com", acmeStaging))
	expect(t, report(name("-mine"), "", create), "expose.tls", Failed, "controller has not looked at it")
	s.madeByTheRemedy(issuerResource, s.namespace, expect(t, report("mine-prod", answers.NamespaceIssuer), "expose.tls", Failed, "there is no Issuer", acmeProduction))
	expect(t, report("mine-prod", answers.NamespaceIssuer), "expose.tls", Failed, "controller has not looked at it")
	s.apply(issuerResource, s.namespace, issuerText("Issuer", "local", acmeProduction, s.namespace, isReady))
	expect(t, report("local", answers.NamespaceIssuer), "expose.tls", Pass, "Issuer local is Ready")
	expect(t, report("local", ""), "expose.tls", Failed, "but there is one of kind Issuer", "kind: Issuer")
}

// madeByTheRemedy applies the manifest that a remedy hands to kubectl.
func (s *stage) madeByTheRemedy(r schema.GroupVersionResource, namespace string, result Result) {
	s.t.Helper()
	_, text, _ := strings.Cut(result.Hint, "<<'EOF'\n")
	s.apply(r, namespace, strings.TrimSuffix(text, "EOF"))
}

// webhookFaults has the API server ask a webhook as cert-manager's: one that
// has no endpoint, one that answers, and one that breaks off.
func webhookFaults(t *testing.T, s *stage, report func(string, string, ...func(*answers.Prerequisites)) Report) {
	name := s.namespace + "-hook"
	s.apply(clusterIssuerResource, "", issuerText("ClusterIssuer", name, acmeProduction, s.namespace, isReady))
	authority := testdb.NewAuthority(t)
	s.webhook(authority.PEM)
	expect(t, report(name, ""), "expose.tls", Failed, "cert-manager's webhook does not answer", "has no ready endpoint")
	broken := false
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if broken {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		admit(w, r)
	}))
	server.Listener = listen(t, s.HostAddress)
	pair := authority.Server(t, time.Now().Add(time.Hour), "webhook."+s.namespace+".svc")
	certificate, err := tls.X509KeyPair(pair.Cert, pair.Key)
	must(t, err)
	server.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}
	server.StartTLS()
	t.Cleanup(server.Close)
	s.endpoint(server.Listener.Addr().(*net.TCPAddr))
	waitFor(t, "the API server reaches the webhook", func() bool {
		result, _ := report(name, "").ByID("expose.tls")
		return result.Status == Pass
	})
	expect(t, report(name, ""), "expose.tls", Pass, "is Ready")
	broken = true
	expect(t, report(name, ""), "expose.tls", Failed, "cert-manager's webhook does not answer", "failed calling webhook")
}

func admit(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	var review struct {
		APIVersion string `json:"apiVersion"`
		Kind       string `json:"kind"`
		Request    struct {
			UID string `json:"uid"`
		} `json:"request"`
	}
	_ = json.Unmarshal(body, &review)
	w.Header().Set("Content-Type", "application/json")
	_, _ = fmt.Fprintf(w, `{"apiVersion": %q, "kind": %q, "response": {"uid": %q, "allowed": true}}`, review.APIVersion, review.Kind, review.Request.UID)
}

// webhook registers a webhook for Certificates of the stage's namespace, at a
// Service without endpoints.
func (s *stage) webhook(ca []byte) {
	s.t.Helper()
	service := &corev1.Service{ObjectMeta: metav1.ObjectMeta{Name: "webhook"}, Spec: corev1.ServiceSpec{Ports: []corev1.ServicePort{{Name: "https", Port: 443}}}}
	_, err := s.client.CoreV1().Services(s.namespace).Create(s.t.Context(), service, metav1.CreateOptions{})
	must(s.t, err)
	none := admissionregistrationv1.SideEffectClassNone
	hook := &admissionregistrationv1.ValidatingWebhookConfiguration{
		ObjectMeta: metav1.ObjectMeta{Name: s.namespace},
		Webhooks: []admissionregistrationv1.ValidatingWebhook{{
			Name: "webhook.cert-manager.io", SideEffects: &none, AdmissionReviewVersions: []string{"v1"},
			NamespaceSelector: &metav1.LabelSelector{MatchLabels: map[string]string{corev1.LabelMetadataName: s.namespace}},
			ClientConfig:      admissionregistrationv1.WebhookClientConfig{CABundle: ca, Service: &admissionregistrationv1.ServiceReference{Namespace: s.namespace, Name: "webhook"}},
			Rules: []admissionregistrationv1.RuleWithOperations{{
				Operations: []admissionregistrationv1.OperationType{admissionregistrationv1.Create},
				Rule:       admissionregistrationv1.Rule{APIGroups: []string{"cert-manager.io"}, APIVersions: []string{"v1"}, Resources: []string{"certificates"}},
			}},
		}},
	}
	hooks := s.client.AdmissionregistrationV1().ValidatingWebhookConfigurations()
	_, err = hooks.Create(s.t.Context(), hook, metav1.CreateOptions{})
	must(s.t, err)
	s.t.Cleanup(func() { must(s.t, hooks.Delete(contextOf(s.t), hook.Name, metav1.DeleteOptions{})) })
}

// endpoint leads the webhook's Service to a server on this machine.
func (s *stage) endpoint(address *net.TCPAddr) {
	s.t.Helper()
	name, port, protocol := "https", int32(address.Port), corev1.ProtocolTCP //nolint:gosec // a port fits
	_, err := s.client.DiscoveryV1().EndpointSlices(s.namespace).Create(s.t.Context(), &discoveryv1.EndpointSlice{
		ObjectMeta:  metav1.ObjectMeta{Name: "webhook", Labels: map[string]string{discoveryv1.LabelServiceName: "webhook"}},
		AddressType: discoveryv1.AddressTypeIPv4,
		Endpoints:   []discoveryv1.Endpoint{{Addresses: []string{address.IP.String()}}},
		Ports:       []discoveryv1.EndpointPort{{Name: &name, Port: &port, Protocol: &protocol}},
	}, metav1.CreateOptions{})
	must(s.t, err)
}
