package cluster

import (
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/kube"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

func TestClusterThatServes(t *testing.T) {
	c := testcluster.Start(t)
	report := look(t, checktest.WithCluster(t, c.Access(), c.Namespace(t)), "cluster", "supply.chart", "supply.values", "supply.effect")
	for _, id := range []string{"kubeconfig", "reachable", "version", "clock", "namespace", "permissions", "release"} {
		checktest.Expect(t, report, "cluster."+id, check.Pass)
	}
	for _, id := range []string{"chart", "render", "values", "effect"} {
		checktest.Expect(t, report, "supply."+id, check.Pass)
	}
}

func TestClusterKubeconfigFaults(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		checktest.Must(t, os.WriteFile(path, []byte(content), 0o600))
		return path
	}
	as := func(name, user string) string {
		return write(name, `apiVersion: v1
kind: Config
current-context: a
contexts: [{name: a, context: {cluster: a, user: a}}]
clusters: [{name: a, cluster: {server: "https://127.0.0.1:1"}}]
users: [{name: a, user: `+user+`}]
`)
	}
	by := func(name, user string) *kube.Access { return checktest.AccessBy(as(name, user), "") }
	whole := as("whole", `{exec: {apiVersion: client.authentication.k8s.io/v1, command: no-such-plugin-at-all, interactiveMode: Never, installHint: "install it from example.com"}}`)
	for name, c := range map[string]struct {
		access *kube.Access
		say    string
	}{
		"no file":         {checktest.AccessBy(filepath.Join(dir, "missing"), ""), "missing"},
		"empty":           {checktest.AccessBy(write("empty", ""), ""), "--kubeconfig"},
		"not YAML":        {checktest.AccessBy(write("broken", "clusters: [{"), ""), "cannot be read"},
		"unknown context": {checktest.AccessBy(whole, "other"), "kubectl config get-contexts"},
		"missing plugin":  {checktest.AccessBy(whole, ""), "install it from example.com"},
		"gcp":             {by("gcp", "{auth-provider: {name: gcp}}"), "gke-gcloud-auth-plugin"},
		"azure":           {by("azure", "{auth-provider: {name: azure}}"), "kubelogin convert-kubeconfig"},
		"oidc":            {by("oidc", "{auth-provider: {name: oidc}}"), "oidc-login"},
		"old plugin":      {by("aws", "{exec: {apiVersion: client.authentication.k8s.io/v1alpha1, command: aws}}"), "aws eks update-kubeconfig"},
		"older plugin":    {by("other", "{exec: {apiVersion: client.authentication.k8s.io/v1alpha1, command: \"true\"}}"), "with its present program"},
	} {
		t.Run(name, func(t *testing.T) {
			report := look(t, checktest.WithCluster(t, c.access, "zenml"), "cluster.kubeconfig", "cluster.reachable")
			checktest.Expect(t, report, "cluster.kubeconfig", check.Failed, c.say)
			checktest.Expect(t, report, "cluster.reachable", check.Skipped, "needs cluster.kubeconfig")
		})
	}
}

func TestClusterClientCertificateExpired(t *testing.T) {
	c := testcluster.Start(t)
	e := checktest.WithCluster(t, c.Access(), "zenml")
	e.Now = func() time.Time { return time.Now().AddDate(100, 0, 0) }
	checktest.Expect(t, look(t, e, "cluster.kubeconfig"), "cluster.kubeconfig", check.Failed, "expired on")
}

func TestClusterUnreachable(t *testing.T) {
	c := testcluster.Start(t)
	served := func(change func(*clientcmdapi.Config)) check.Report {
		return look(t, checktest.WithCluster(t, checktest.Kubeconfig(t, c, change), "zenml"), "cluster.reachable", "cluster.namespace")
	}
	at := func(address string) check.Report {
		return served(func(config *clientcmdapi.Config) {
			for _, cluster := range config.Clusters {
				cluster.Server = address
			}
		})
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	checktest.Must(t, err)
	_ = listener.Close()
	report := at("https://" + listener.Addr().String())
	checktest.Expect(t, report, "cluster.reachable", check.Failed, "refuses the connection")
	checktest.Expect(t, report, "cluster.namespace", check.Skipped, "needs cluster.reachable")

	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusForbidden)
		_, _ = w.Write([]byte("<html>Corporate proxy</html>"))
	}))
	t.Cleanup(web.Close)
	checktest.Expect(t, at(web.URL), "cluster.reachable", check.Failed, "does not answer like Kubernetes", "Corporate proxy", "NO_PROXY")

	secure := httptest.NewTLSServer(web.Config.Handler)
	t.Cleanup(secure.Close)
	checktest.Expect(t, at(secure.URL), "cluster.reachable", check.Failed, "is not trusted")

	checktest.Expect(t, served(func(config *clientcmdapi.Config) {
		for _, user := range config.AuthInfos {
			*user = clientcmdapi.AuthInfo{Token: "expired"}
		}
	}), "cluster.reachable", check.Failed, "refuses your credentials (401)")
	checktest.Expect(t, served(func(config *clientcmdapi.Config) {
		for _, user := range config.AuthInfos {
			*user = clientcmdapi.AuthInfo{Exec: &clientcmdapi.ExecConfig{Command: "false", APIVersion: "client.authentication.k8s.io/v1", InteractiveMode: clientcmdapi.NeverExecInteractiveMode}}
		}
	}), "cluster.reachable", check.Failed, "credential plugin of the kubeconfig fails")
	checktest.Expect(t, served(func(config *clientcmdapi.Config) {
		for _, cluster := range config.Clusters {
			cluster.ProxyURL = "http://" + listener.Addr().String()
		}
	}), "cluster.reachable", check.Failed, "proxyconnect", "NO_PROXY")
}

// TestClusterThatTakesYouForNobody asks without credentials: the sandbox's API
// server answers such requests, as most do.
func TestClusterThatTakesYouForNobody(t *testing.T) {
	c := testcluster.Start(t)
	namespace := c.Namespace(t)
	nobody := checktest.Kubeconfig(t, c, func(config *clientcmdapi.Config) {
		config.AuthInfos = nil
		for _, named := range config.Contexts {
			named.AuthInfo = ""
		}
	})
	e := checktest.WithCluster(t, nobody, namespace)
	report := look(t, e, "cluster.reachable", "cluster.permissions")
	checktest.Expect(t, report, "cluster.reachable", check.Failed, "takes you for nobody (system:anonymous)", "kubectl config view")
	checktest.Expect(t, report, "cluster.permissions", check.Skipped, "needs cluster.reachable")

	e = e.Begin(t.Context(), check.Options{})
	_, err := missing(t.Context(), e, []right{{resource: "pods", verb: "get"}, {resource: "pods", verb: "list"}, {resource: "secrets", verb: "get"}})
	if err == nil || strings.Count(err.Error(), "cannot create resource") != 1 {
		t.Errorf("the reason is not said once: %v", err)
	}
}

func TestClusterClockAndSupport(t *testing.T) {
	c := testcluster.Start(t)
	e := checktest.WithCluster(t, c.Access(), "zenml")
	e.Now = func() time.Time { return time.Now().Add(time.Hour) }
	checktest.Expect(t, look(t, e, "cluster.clock"), "cluster.clock", check.Failed, " ahead of the API server's")
	e.Now = func() time.Time { return time.Now().Add(-time.Hour) }
	checktest.Expect(t, look(t, e, "cluster.clock"), "cluster.clock", check.Failed, " behind the API server's")
}

func TestClusterVersions(t *testing.T) {
	for version, want := range map[string]struct {
		status check.Status
		say    string
	}{
		"v1.22.17":         {check.Failed, "1.23 or newer"},
		"v1.29.3-eks-1234": {check.Warned, "no more security fixes"},
		"v1.33.1+k3s1":     {check.Warned, "2026-06-28"},
		"v1.40.0":          {check.Pass, "v1.40.0"},
	} {
		t.Run(version, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				_, _ = w.Write([]byte(`{"gitVersion": "` + version + `"}`))
			}))
			t.Cleanup(server.Close)
			e := checktest.WithCluster(t, served(t, server.URL), "zenml")
			e.Now = func() time.Time { return time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC) }
			checktest.Expect(t, look(t, e, "cluster.version"), "cluster.version", want.status, want.say)
		})
	}
}

// served is the access to a server that needs no credentials.
func served(t *testing.T, address string) *kube.Access {
	t.Helper()
	path := filepath.Join(t.TempDir(), "kubeconfig")
	checktest.Must(t, os.WriteFile(path, []byte(`apiVersion: v1
kind: Config
current-context: a
contexts: [{name: a, context: {cluster: a, user: a}}]
clusters: [{name: a, cluster: {server: "`+address+`"}}]
users: [{name: a, user: {token: t}}]
`), 0o600))
	return checktest.AccessBy(path, "")
}

func TestClusterNamespaceFaults(t *testing.T) {
	c := testcluster.Start(t)
	client, name := c.Client(t), c.Namespace(t)
	// A finalizer of our own keeps the namespace from going.
	held, err := client.CoreV1().ConfigMaps(name).Create(t.Context(), &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "held", Finalizers: []string{"example.com/hold"}}}, metav1.CreateOptions{})
	checktest.Must(t, err)
	restricted := checktest.ServiceAccount(t, c, name)
	checktest.Expect(t, look(t, checktest.WithCluster(t, restricted, name), "cluster.namespace"), "cluster.namespace", check.Warned, "may not look at")
	checktest.Must(t, client.CoreV1().Namespaces().Delete(t.Context(), name, metav1.DeleteOptions{}))
	t.Cleanup(func() {
		held.Finalizers = nil
		held.ResourceVersion = ""
		_, err := client.CoreV1().ConfigMaps(name).Update(t.Context(), held, metav1.UpdateOptions{})
		if err != nil {
			t.Log(err)
		}
	})
	checktest.Expect(t, look(t, checktest.WithCluster(t, c.Access(), name), "cluster.namespace"), "cluster.namespace", check.Failed, "being deleted", "kubectl wait")
	checktest.Expect(t, look(t, checktest.WithCluster(t, c.Access(), "not-there-yet"), "cluster.namespace"), "cluster.namespace", check.Pass, "will be created")
}
