package expose

import (
	"context"
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
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/kube"
	"github.com/zenml-installer/zenml-installer/internal/prerequisite"
	"github.com/zenml-installer/zenml-installer/internal/testdb"
)

func TestTLS_secret(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	authority := testdb.NewAuthority(t)
	year := time.Now().AddDate(1, 0, 0)
	good, other := authority.Server(t, year, "zenml.test"), authority.Server(t, year, "zenml.test")
	for name, c := range map[string]struct {
		kind   corev1.SecretType
		pair   testdb.Pair
		status check.Status
		say    string
	}{
		"good":     {corev1.SecretTypeTLS, good, check.Pass, "for zenml.test"},
		"wildcard": {corev1.SecretTypeTLS, authority.Server(t, year, "*.test"), check.Pass, "for *.test"},
		"opaque":   {corev1.SecretTypeOpaque, good, check.Failed, "is of type Opaque, not kubernetes.io/tls"},
		"rubbish": {
			corev1.SecretTypeTLS, testdb.Pair{Cert: []byte("rubbish"), Key: []byte("rubbish")}, check.Failed,
			"has no valid certificate and key",
		},
		"another-key": {
			corev1.SecretTypeTLS, testdb.Pair{Cert: good.Cert, Key: other.Key}, check.Failed,
			"private key does not match",
		},
		"other-host": {
			corev1.SecretTypeTLS, authority.Server(t, year, "shop.test"), check.Failed,
			"is for shop.test, not for zenml.test",
		},
		"expired": {
			corev1.SecretTypeTLS, authority.Server(t, time.Now().Add(-time.Minute), "zenml.test"), check.Failed,
			"expired on",
		},
		"ending": {
			corev1.SecretTypeTLS, authority.Server(t, time.Now().Add(time.Hour), "zenml.test"), check.Warned, "expires on",
		},
	} {
		t.Run(name, func(t *testing.T) {
			s.tlsSecret(name, c.kind, c.pair)
			e := s.env(nil,
				func(x *answers.Expose) { x.TLS = answers.ExposeTLS{Mode: answers.CertSecret, SecretName: name} })
			checktest.Expect(t, runChecks(t, e, "expose.tls"), "expose.tls", c.status, c.say)
		})
	}
	e := s.env(nil, func(x *answers.Expose) { x.TLS = answers.ExposeTLS{Mode: answers.CertSecret} })
	checktest.Expect(
		t,
		runChecks(t, e, "expose.tls"),
		"expose.tls",
		check.Failed,
		"Secret zenml-tls-certs does not exist",
		"create secret tls zenml-tls-certs",
	)
	e = s.env(nil, func(x *answers.Expose) { x.TLS = answers.ExposeTLS{Mode: answers.CertSelfSigned} })
	checktest.Expect(t, runChecks(t, e, "expose.tls"), "expose.tls", check.Pass,
		"the chart generates a certificate for zenml.test")
}

// withIssuer returns an install with a certificate from cert-manager.
func (s *stage) withIssuer(name, kind string, change ...func(*answers.Prerequisites)) *check.Env {
	s.T.Helper()
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

// TestTLS_certManager is a single test and not parallel: cert-manager's CRDs are
// installed for the whole cluster.
func TestTLS_certManager(t *testing.T) {
	s := newStage(t)
	create := func(p *answers.Prerequisites) {
		p.CertManager, p.ClusterIssuer = answers.PrerequisiteInstall, answers.IssuerToMake{
			Create: new(true),
			ACME:   answers.ACMEStaging,
			Email:  "ops@example.com",
		}
	}
	install := func(p *answers.Prerequisites) { p.CertManager = answers.PrerequisiteInstall }
	report := func(name, kind string, change ...func(*answers.Prerequisites)) check.Report {
		return runChecks(t, s.withIssuer(name, kind, change...), "expose.tls")
	}
	checktest.Expect(t, report("letsencrypt", ""), "expose.tls", check.Failed, "cert-manager is not installed",
		"prerequisites: {certManager: install}", prerequisite.CertManager.InstallCommand())
	checktest.Expect(t, report("letsencrypt", "", install), "expose.tls", check.Failed,
		"the ClusterIssuer letsencrypt does not exist", "clusterIssuer: {create: true")
	checktest.Expect(t, report("letsencrypt", "", create), "expose.tls", check.Pass,
		"cert-manager will be installed from chart oci://quay.io/jetstack/charts/cert-manager v1.21.2",
		"ClusterIssuer letsencrypt will be created for "+acmeStaging)
	skip := func(p *answers.Prerequisites) { p.CertManager = answers.PrerequisiteSkip }
	checktest.Expect(t, report("letsencrypt", "", skip), "expose.tls", check.Skipped,
		"prerequisites.certManager is skip")

	installCRDs(t, s.Cluster, "github.com/cert-manager/cert-manager", "deploy/crds", "cert-manager.io_certificates",
		"cert-manager.io_issuers", "cert-manager.io_clusterissuers")
	t.Run("issuer", func(t *testing.T) { issuerFaults(t, s, report, create) })
	t.Run("webhook", func(t *testing.T) { webhookFaults(t, s, report) })
}

func issuerFaults(
	t *testing.T,
	s *stage,
	report func(string, string, ...func(*answers.Prerequisites)) check.Report,
	create func(*answers.Prerequisites),
) {
	name := func(suffix string) string { return s.Namespace + suffix }
	cluster := func(name, server, solver, status string) {
		s.apply(clusterIssuerResource, "", issuerText("ClusterIssuer", name, server, solver, status))
	}
	checktest.Expect(t, report(name("-none"), ""), "expose.tls", check.Failed,
		"the ClusterIssuer "+name("-none"))
	cluster(name("-prod"), acmeProduction, s.Namespace, isReady)
	checktest.Expect(t, report(name("-prod"), ""), "expose.tls", check.Pass, "is Ready")
	checktest.Expect(t, report(name("-none"), ""), "expose.tls", check.Failed, "existing: "+name("-prod"),
		"issuer: {name: "+name("-prod"))
	checktest.Expect(t, report(name("-prod"), answers.NamespaceIssuer), "expose.tls", check.Failed,
		"the Issuer ", "there is one of kind ClusterIssuer", "kind: ClusterIssuer")
	checktest.Expect(t, report(name("-prod"), "", create), "expose.tls", check.Warned, "already exists",
		"the answers ask for staging")
	cluster(name("-staging"), acmeProduction, s.Namespace, isReady)
	checktest.Expect(t, report(name("-staging"), ""), "expose.tls", check.Warned, "has staging in its name",
		acmeStaging)
	cluster(name("-staging"), acmeStaging, s.Namespace, isReady)
	misspelled := checktest.Expect(t, report(name("-stagng"), ""), "expose.tls", check.Failed, "existing: ")
	if fix := misspelled.Fix.Answers["expose.tls.issuer.name"]; fix != name("-staging") {
		t.Errorf("the fix for a misspelled issuer is %q, not the nearest name", fix)
	}
	checktest.Expect(
		t,
		report(name("-staging"), ""),
		"expose.tls",
		check.Pass,
		"browsers do not trust its staging certificates",
	)
	cluster(name("-solver"), acmeProduction, "another-class", isReady)
	checktest.Expect(t, report(name("-solver"), ""), "expose.tls", check.Warned, "uses ingress class another-class")
	cluster(name("-new"), acmeProduction, s.Namespace, unready)
	checktest.Expect(t, report(name("-new"), ""), "expose.tls", check.Failed,
		"is not Ready: 429 too many registrations", "kubectl describe clusterissuer "+name("-new"))
	s.apply(
		clusterIssuerResource,
		"",
		strings.SplitN(issuerText("ClusterIssuer", name("-unseen"), acmeProduction, s.Namespace, isReady), "status:", 2)[0],
	)
	checktest.Expect(t, report(name("-unseen"), ""), "expose.tls", check.Failed, "controller has not processed it")
	checktest.Expect(t, report(name("-mine"), "", create), "expose.tls", check.Pass, "will be created for "+acmeStaging)
	restricted := s.withIssuer(name("-mine"), "", create)
	restricted.Cluster = s.issuerReader()
	s.applyRemedy(clusterIssuerResource, "", checktest.Expect(t, runChecks(t, restricted, "expose.tls"), "expose.tls",
		check.Failed, "the ClusterIssuer ", "you cannot create it", "email: ops@example.com", acmeStaging))
	checktest.Expect(t, report(name("-mine"), "", create), "expose.tls", check.Failed,
		"controller has not processed it")
	s.apply(clusterIssuerResource, "", strings.Replace(issuerText("ClusterIssuer", name("-own"), acmeStaging, s.Namespace,
		unready), "metadata: {", "metadata: {labels: {app.kubernetes.io/managed-by: zenml-installer}, ", 1))
	checktest.Expect(t, report(name("-own"), "", create), "expose.tls", check.Pass, "will be updated until it is Ready")
	s.applyRemedy(
		issuerResource,
		s.Namespace,
		checktest.Expect(t, report("mine-prod", answers.NamespaceIssuer), "expose.tls", check.Failed,
			"the Issuer ", acmeProduction),
	)
	checktest.Expect(t, report("mine-prod", answers.NamespaceIssuer), "expose.tls", check.Failed,
		"controller has not processed it")
	s.apply(issuerResource, s.Namespace, issuerText("Issuer", "local", acmeProduction, s.Namespace, isReady))
	checktest.Expect(t, report("local", answers.NamespaceIssuer), "expose.tls", check.Pass, "Issuer local is Ready")
	checktest.Expect(t, report("local", ""), "expose.tls", check.Failed, "there is one of kind Issuer",
		"kind: Issuer")
}

// issuerReader returns the access of a user who can read issuers, and change nothing.
func (s *stage) issuerReader() *kube.Access {
	s.T.Helper()
	client, meta := s.Cluster.Client(s.T), metav1.ObjectMeta{Name: s.Namespace}
	_, err := client.RbacV1().ClusterRoles().Create(s.T.Context(), &rbacv1.ClusterRole{ObjectMeta: meta,
		Rules: []rbacv1.PolicyRule{{APIGroups: []string{clusterIssuerResource.Group, "admissionregistration.k8s.io"},
			Resources: []string{"*"}, Verbs: []string{"get", "list"}}}}, metav1.CreateOptions{})
	checktest.Must(s.T, err)
	_, err = client.RbacV1().ClusterRoleBindings().Create(s.T.Context(), &rbacv1.ClusterRoleBinding{ObjectMeta: meta,
		RoleRef:  rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: s.Namespace},
		Subjects: []rbacv1.Subject{{Kind: rbacv1.ServiceAccountKind, Name: "restricted", Namespace: s.Namespace}},
	}, metav1.CreateOptions{})
	checktest.Must(s.T, err)
	s.T.Cleanup(func() {
		_ = client.RbacV1().ClusterRoles().Delete(context.Background(), s.Namespace, metav1.DeleteOptions{})
		_ = client.RbacV1().ClusterRoleBindings().Delete(context.Background(), s.Namespace, metav1.DeleteOptions{})
	})
	return checktest.ServiceAccount(s.T, s.Cluster, s.Namespace)
}

// applyRemedy applies the manifest in a remedy.
func (s *stage) applyRemedy(r schema.GroupVersionResource, namespace string, result check.Result) {
	s.T.Helper()
	_, text, _ := strings.Cut(result.Remedy, "<<'EOF'\n")
	s.apply(r, namespace, strings.TrimSuffix(text, "EOF"))
}

// webhookFaults registers a webhook like cert-manager's without endpoints, with a working
// server and with a failing one.
func webhookFaults(t *testing.T, s *stage, report func(string, string, ...func(*answers.Prerequisites)) check.Report) {
	name := s.Namespace + "-hook"
	s.apply(clusterIssuerResource, "", issuerText("ClusterIssuer", name, acmeProduction, s.Namespace, isReady))
	authority := testdb.NewAuthority(t)
	s.webhook(authority.PEM)
	checktest.Expect(t, report(name, ""), "expose.tls", check.Failed, "cert-manager's webhook does not answer",
		"has no ready endpoint")
	broken := false
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if broken {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		admit(w, r)
	}))
	server.Listener = checktest.Listen(t, s.HostAddress)
	pair := authority.Server(t, time.Now().Add(time.Hour), "webhook."+s.Namespace+".svc")
	certificate, err := tls.X509KeyPair(pair.Cert, pair.Key)
	checktest.Must(t, err)
	server.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}
	server.StartTLS()
	t.Cleanup(server.Close)
	s.endpoint(server.Listener.Addr().(*net.TCPAddr))
	checktest.WaitFor(t, "the API server reaches the webhook", func() bool {
		result, _ := report(name, "").ByID("expose.tls")
		return result.Status == check.Pass
	})
	checktest.Expect(t, report(name, ""), "expose.tls", check.Pass, "is Ready")
	broken = true
	checktest.Expect(t, report(name, ""), "expose.tls", check.Failed, "cert-manager's webhook does not answer",
		"failed calling webhook")
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
	_, _ = fmt.Fprintf(w, `{"apiVersion": %q, "kind": %q, "response": {"uid": %q, "allowed": true}}`, review.APIVersion,
		review.Kind, review.Request.UID)
}

// webhook registers a webhook for Certificates in the test's namespace with a Service
// without endpoints.
func (s *stage) webhook(ca []byte) {
	s.T.Helper()
	service := &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Name: "webhook"},
		Spec:       corev1.ServiceSpec{Ports: []corev1.ServicePort{{Name: "https", Port: 443}}},
	}
	_, err := s.Client.CoreV1().Services(s.Namespace).Create(s.T.Context(), service, metav1.CreateOptions{})
	checktest.Must(s.T, err)
	none := admissionregistrationv1.SideEffectClassNone
	hook := &admissionregistrationv1.ValidatingWebhookConfiguration{
		ObjectMeta: metav1.ObjectMeta{Name: s.Namespace},
		Webhooks: []admissionregistrationv1.ValidatingWebhook{
			{
				Name:                    "webhook.cert-manager.io",
				SideEffects:             &none,
				AdmissionReviewVersions: []string{"v1"},
				NamespaceSelector: &metav1.LabelSelector{
					MatchLabels: map[string]string{corev1.LabelMetadataName: s.Namespace},
				},
				ClientConfig: admissionregistrationv1.WebhookClientConfig{
					CABundle: ca,
					Service:  &admissionregistrationv1.ServiceReference{Namespace: s.Namespace, Name: "webhook"},
				},
				Rules: []admissionregistrationv1.RuleWithOperations{
					{
						Operations: []admissionregistrationv1.OperationType{admissionregistrationv1.Create},
						Rule: admissionregistrationv1.Rule{
							APIGroups:   []string{"cert-manager.io"},
							APIVersions: []string{"v1"},
							Resources:   []string{"certificates"},
						},
					},
				},
			},
		},
	}
	hooks := s.Client.AdmissionregistrationV1().ValidatingWebhookConfigurations()
	_, err = hooks.Create(s.T.Context(), hook, metav1.CreateOptions{})
	checktest.Must(s.T, err)
	s.T.Cleanup(
		func() { checktest.Must(s.T, hooks.Delete(checktest.ContextOf(s.T), hook.Name, metav1.DeleteOptions{})) })
}

// endpoint adds a server on this machine to the webhook's Service.
func (s *stage) endpoint(address *net.TCPAddr) {
	s.T.Helper()
	name, port, protocol := "https", int32(address.Port), corev1.ProtocolTCP //nolint:gosec // a port fits
	_, err := s.Client.DiscoveryV1().EndpointSlices(s.Namespace).Create(s.T.Context(), &discoveryv1.EndpointSlice{
		ObjectMeta: metav1.ObjectMeta{
			Name:   "webhook",
			Labels: map[string]string{discoveryv1.LabelServiceName: "webhook"},
		},
		AddressType: discoveryv1.AddressTypeIPv4,
		Endpoints:   []discoveryv1.Endpoint{{Addresses: []string{address.IP.String()}}},
		Ports:       []discoveryv1.EndpointPort{{Name: &name, Port: &port, Protocol: &protocol}},
	}, metav1.CreateOptions{})
	checktest.Must(s.T, err)
}
