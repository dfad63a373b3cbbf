package rendertest

import (
	"bytes"
	"testing"

	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/dynamic/fake"
)

// cluster serves the charts' lookups from objects in memory.
type cluster struct{ client dynamic.Interface }

// clusterWith returns a cluster with objects in namespace zenml.
func clusterWith(t *testing.T, objects ...object) cluster {
	t.Helper()
	scheme := runtime.NewScheme()
	if err := corev1.AddToScheme(scheme); err != nil {
		t.Fatal(err)
	}
	var there []runtime.Object
	for _, o := range objects {
		u := &unstructured.Unstructured{Object: o}
		u.SetNamespace("zenml")
		there = append(there, u)
	}
	return cluster{client: fake.NewSimpleDynamicClient(scheme, there...)}
}

// GetClientFor implements Helm's lookup; both kinds that the charts look up are
// namespaced.
func (c cluster) GetClientFor(_, kind string) (dynamic.NamespaceableResourceInterface, bool, error) {
	resource := map[string]string{"Secret": "secrets", "PersistentVolumeClaim": "persistentvolumeclaims"}[kind]
	return c.client.Resource(schema.GroupVersionResource{Version: "v1", Resource: resource}), true, nil
}

// renderIn renders against a cluster.
func renderIn(t *testing.T, c cluster, generation, values string) []object {
	t.Helper()
	given, err := chartutil.ReadValues([]byte(values))
	if err != nil {
		t.Fatal(err)
	}
	chart := loadChart(t, generation)
	release := chartutil.ReleaseOptions{Name: "zenml-server", Namespace: "zenml", Revision: 2, IsUpgrade: true}
	all, err := chartutil.ToRenderValues(chart, given, release, chartutil.DefaultCapabilities)
	if err != nil {
		t.Fatal(err)
	}
	files, err := engine.RenderWithClientProvider(chart, all, c)
	if err != nil {
		t.Fatal(err)
	}
	return objectsOf(t, files)
}

func jwtKey(t *testing.T, objects []object, secret string) string {
	t.Helper()
	key, _ := must(t, objects, "Secret/"+secret).at("data", "ZENML_SERVER_JWT_SECRET_KEY").(string)
	return key
}

func checksum(t *testing.T, objects []object) any {
	t.Helper()
	return must(
		t,
		objects,
		"Deployment/zenml-server",
	).at("spec", "template", "metadata", "annotations", "checksum/secret")
}

func TestJWTKeyIsKeptOnUpgrade(t *testing.T) {
	for _, generation := range generations {
		first, second := mustRender(t, generation, ""), mustRender(t, generation, "")
		if jwtKey(t, first, "zenml-server") == jwtKey(t, second, "zenml-server") {
			t.Errorf("%s: two installs share a key", generation)
		}
		there := clusterWith(t, must(t, first, "Secret/zenml-server"))
		upgrade := renderIn(t, there, generation, "")
		if jwtKey(t, upgrade, "zenml-server") != jwtKey(t, first, "zenml-server") ||
			jwtKey(t, upgrade, "zenml-server-db-migration") != jwtKey(t, first, "zenml-server") {
			t.Errorf("%s: the upgrade changed the key", generation)
		}
		if checksum(t, upgrade) == checksum(t, first) {
			t.Errorf("%s: the first upgrade does not restart the pods", generation)
		}
		if checksum(t, renderIn(t, there, generation, "")) != checksum(t, upgrade) {
			t.Errorf("%s: a second upgrade restarts the pods", generation)
		}
	}
}

func TestGivenJWTKeyWins(t *testing.T) {
	there := clusterWith(t, must(t, mustRender(t, "current", ""), "Secret/zenml-server"))
	if got := jwtKey(t, renderIn(t, there, "current", "server: {auth: {jwtSecretKey: abc}}"), "zenml-server"); got != "YWJj" {
		t.Errorf("key %q", got)
	}
}

func TestClaimsAreMadeOnceAndKept(t *testing.T) {
	for claim, values := range map[string]string{
		"zenml-server-config":    "server: {database: {persistence: {enabled: true}}}",
		"zenml-server-db-backup": "server: {database: {url: 'mysql://u@h/d', backupStrategy: dump-file, backupPVStorageSize: 1Gi}}",
	} {
		made := must(t, mustRender(t, "current", values), "PersistentVolumeClaim/"+claim)
		if hook := made.at("metadata", "annotations", "helm.sh/hook"); hook != "pre-install,pre-upgrade" {
			t.Errorf("%s is no hook, so an uninstall takes it: %v", claim, hook)
		}
		if find(renderIn(t, clusterWith(t, made), "current", values), "PersistentVolumeClaim/"+claim) != nil {
			t.Errorf("%s is rendered though it is there: its hook would delete it", claim)
		}
	}
}

func TestGeneratedCertificateIsKeptForItsHost(t *testing.T) {
	values := func(host string) string {
		return "server: {ingress: {host: " + host + ", annotations: {}, tls: {enabled: true, generateCerts: true}}}"
	}
	crt := func(objects []object) []byte {
		text, _ := must(t, objects, "Secret/zenml-tls-certs").at("data", "tls.crt").(string)
		return []byte(text)
	}
	first := mustRender(t, "current", values("a.example.com"))
	there := clusterWith(t, must(t, first, "Secret/zenml-tls-certs"))
	if !bytes.Equal(crt(first), crt(renderIn(t, there, "current", values("a.example.com")))) {
		t.Error("the certificate changed on an upgrade")
	}
	if bytes.Equal(crt(first), crt(renderIn(t, there, "current", values("b.example.com")))) {
		t.Error("another host kept the certificate")
	}
}
