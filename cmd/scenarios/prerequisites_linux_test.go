package scenarios_test

import (
	"context"
	"strings"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"

	"github.com/zenml-installer/zenml-installer/internal/poll"
	"github.com/zenml-installer/zenml-installer/internal/prerequisite"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

// consentAnswers let the installer install cert-manager from the sandbox's registry.
// Its pods trust the ACME server and serve the Gateway, as those of the sandbox.
const consentAnswers = `
prerequisites:
  certManager: install
  clusterIssuer: {create: true, acme: staging, email: ops@example.com}
  charts: {cert-manager: oci://REGISTRY/jetstack/charts/cert-manager}
  values:
    cert-manager:
      extraArgs: [--enable-gateway-api]
      volumes: [{name: acme-ca, configMap: {name: acme-ca}}]
      volumeMounts: [{name: acme-ca, mountPath: /etc/ssl/certs, readOnly: true}]
`

// TestPrerequisites removes cert-manager from the sandbox, and lets the installer
// install it with a ClusterIssuer. It is not parallel, because others need cert-manager.
func TestPrerequisites(t *testing.T) {
	c := testcluster.StartHTTPS(t)
	c.RealServer(t, current)
	removeCertManager(t, c)
	i := newInstallation(t, c)
	e := exposure{host: "prerequisites.example.org"}
	i.hosts = c.HTTPS.Address + " " + e.host
	i.with("database: {type: sqlite}\nexpose: {type: ingress, host: %s, ingress: {class: nginx}, tls: {mode: "+
		"cert-manager, secretName: zenml-tls, issuer: {name: installed}}}", e.host)
	if code, out := i.attempt(current); code != 3 || !strings.Contains(out, "prerequisites: {certManager: install}") {
		t.Fatalf("without consent: exit code %d\n%s", code, out)
	}

	i.with("%s", strings.Replace(consentAnswers, "REGISTRY", c.Registry, 1))
	i.with("prerequisites: {clusterIssuer: {server: https://acme.unresolved.test/directory}}")
	begin := time.Now()
	if code, out := i.attempt(current); code != 5 || !strings.Contains(out, "correct prerequisites.clusterIssuer.server") {
		t.Fatalf("with a wrong ACME server: exit code %d\n%s", code, out)
	}
	t.Logf("the wrong ACME server is named after %s", time.Since(begin).Round(time.Second))

	i.with("prerequisites: {clusterIssuer: {server: null}}")
	i.install()
	if strings.Contains(i.output, "install cert-manager") || !strings.Contains(i.output, "ClusterIssuer installed") {
		t.Errorf("not only the issuer was corrected\n%s", i.output)
	}
	e.waitForAnswer(i)
	code, out := i.run("uninstall", "-n", i.namespace, "--yes")
	for _, want := range []string{"helm uninstall cert-manager -n cert-manager", "kubectl delete clusterissuer installed"} {
		if code != 0 || !strings.Contains(out, want) {
			t.Errorf("uninstall: exit code %d, want %q in\n%s", code, want, out)
		}
	}
	if _, err := c.Dynamic(t).Resource(prerequisite.ClusterIssuers).Get(t.Context(), "installed",
		metav1.GetOptions{}); err != nil {
		t.Error(err)
	}
}

// gatewayConsent lets the installer create a Gateway, whose certificate comes from the
// cert-manager of consentAnswers. Its chart enables the Gateway API by its configuration.
const gatewayConsent = `
database: {type: sqlite}
expose:
  type: gateway
  host: gateway-prerequisites.example.org
  gateway: {name: installed, namespace: installed-gateway}
  tls: {mode: cert-manager, issuer: {name: installed-gateway}}
prerequisites:
  gateway: {create: true, class: sandbox}
  values: {cert-manager: {extraArgs: []}}
`

// TestPrerequisites_gateway lets the installer create a Gateway, and install cert-manager
// for its certificate.
func TestPrerequisites_gateway(t *testing.T) {
	c := testcluster.StartHTTPS(t)
	c.RealServer(t, current)
	removeCertManager(t, c)
	i := newInstallation(t, c)
	e := exposure{host: "gateway-prerequisites.example.org"}
	i.hosts = c.HTTPS.Address + " " + e.host
	i.with("%s", strings.Replace(consentAnswers, "REGISTRY", c.Registry, 1))
	i.with("%s", gatewayConsent)
	t.Cleanup(func() {
		_ = c.Client(t).CoreV1().Namespaces().Delete(context.Background(), "installed-gateway", metav1.DeleteOptions{})
	})
	i.install()
	e.waitForAnswer(i)
	code, out := i.run("uninstall", "-n", i.namespace, "--yes")
	for _, want := range []string{"helm uninstall cert-manager -n cert-manager",
		"kubectl delete gateway installed -n installed-gateway", "kubectl delete clusterissuer installed-gateway"} {
		if code != 0 || !strings.Contains(out, want) {
			t.Errorf("uninstall: exit code %d, want %q in\n%s", code, want, out)
		}
	}
}

var crds = schema.GroupVersionResource{Group: "apiextensions.k8s.io", Version: "v1",
	Resource: "customresourcedefinitions"}

// removeCertManager removes the sandbox's cert-manager but not its namespace, which has
// the CA of the ACME server. The issuers are created again at the end of the test.
func removeCertManager(t *testing.T, c *testcluster.Cluster) {
	t.Helper()
	client := c.Dynamic(t)
	issuers := client.Resource(prerequisite.ClusterIssuers)
	kept, err := issuers.List(t.Context(), metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { restoreIssuers(t, issuers, kept.Items) })
	labeled := metav1.ListOptions{LabelSelector: "app.kubernetes.io/instance=cert-manager"}
	remove := func(group, resource, namespace string, which metav1.ListOptions) {
		kind := schema.GroupVersionResource{Group: group, Version: "v1", Resource: resource}
		list, err := client.Resource(kind).Namespace(namespace).List(t.Context(), which)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range list.Items {
			err := client.Resource(kind).Namespace(namespace).Delete(t.Context(), o.GetName(), metav1.DeleteOptions{})
			if err != nil && !apierrors.IsNotFound(err) {
				t.Fatal(err)
			}
		}
	}
	remove("admissionregistration.k8s.io", "validatingwebhookconfigurations", "", labeled)
	remove("admissionregistration.k8s.io", "mutatingwebhookconfigurations", "", labeled)
	remove("apps", "deployments", prerequisite.CertManager.Name, labeled)
	remove("", "secrets", prerequisite.CertManager.Name,
		metav1.ListOptions{LabelSelector: "owner=helm,name=cert-manager"})
	for _, resource := range []string{"services", "serviceaccounts"} {
		remove("", resource, prerequisite.CertManager.Name, labeled)
	}
	for _, resource := range []string{"roles", "rolebindings"} {
		remove("rbac.authorization.k8s.io", resource, prerequisite.CertManager.Name, labeled)
		remove("rbac.authorization.k8s.io", resource, "kube-system", labeled)
	}
	for _, resource := range []string{"clusterroles", "clusterrolebindings"} {
		remove("rbac.authorization.k8s.io", resource, "", labeled)
	}
	remove(crds.Group, crds.Resource, "", labeled)
	err = poll.Until(t.Context(), 250*time.Millisecond, func() (bool, error) {
		list, err := client.Resource(crds).List(t.Context(), labeled)
		return err == nil && len(list.Items) == 0, err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// restoreIssuers creates issuers again. The webhook may not accept them at once.
func restoreIssuers(t *testing.T, issuers dynamic.ResourceInterface, kept []unstructured.Unstructured) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for _, issuer := range kept {
		issuer.SetResourceVersion("")
		issuer.SetUID("")
		unstructured.RemoveNestedField(issuer.Object, "status")
		err := poll.Until(ctx, time.Second, func() (bool, error) {
			_, err := issuers.Create(ctx, &issuer, metav1.CreateOptions{})
			return err == nil || apierrors.IsAlreadyExists(err), nil
		})
		if err != nil {
			t.Errorf("restore ClusterIssuer %s: %v", issuer.GetName(), err)
		}
	}
}
