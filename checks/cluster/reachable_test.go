package cluster

import (
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

func TestClusterUnreachable(t *testing.T) {
	c := testcluster.Start(t)
	served := func(change func(*clientcmdapi.Config)) check.Report {
		return look(t, checktest.WithCluster(t, checktest.Kubeconfig(t, c, change), "zenml"), "cluster.reachable",
			"cluster.namespace")
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
	checktest.Expect(t, at(web.URL), "cluster.reachable", check.Failed, "does not answer like Kubernetes",
		"Corporate proxy", "NO_PROXY")

	secure := httptest.NewTLSServer(web.Config.Handler)
	t.Cleanup(secure.Close)
	checktest.Expect(t, at(secure.URL), "cluster.reachable", check.Failed, "is not trusted")

	checktest.Expect(t, served(func(config *clientcmdapi.Config) {
		for _, user := range config.AuthInfos {
			*user = clientcmdapi.AuthInfo{Token: "expired"}
		}
	}), "cluster.reachable", check.Failed, "rejects your credentials (401)")
	checktest.Expect(t, served(func(config *clientcmdapi.Config) {
		for _, user := range config.AuthInfos {
			*user = clientcmdapi.AuthInfo{
				Exec: &clientcmdapi.ExecConfig{
					Command:         "false",
					APIVersion:      "client.authentication.k8s.io/v1",
					InteractiveMode: clientcmdapi.NeverExecInteractiveMode,
				},
			}
		}
	}), "cluster.reachable", check.Skipped, "needs cluster.credentials")
	checktest.Expect(t, served(func(config *clientcmdapi.Config) {
		for _, cluster := range config.Clusters {
			cluster.ProxyURL = "http://" + listener.Addr().String()
		}
	}), "cluster.reachable", check.Failed, "through the proxy: connection refused", "NO_PROXY")
}

// TestClusterAnonymous connects without credentials. Like most API servers, the
// sandbox's answers anonymous requests.
func TestClusterAnonymous(t *testing.T) {
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
	checktest.Expect(t, report, "cluster.reachable", check.Failed, "treats you as anonymous (system:anonymous)",
		"kubectl config view")
	checktest.Expect(t, report, "cluster.permissions", check.Skipped, "needs cluster.reachable")

	e = e.Begin(t.Context(), check.Options{})
	_, err := missing(t.Context(), e,
		[]right{{resource: "pods", verb: "get"}, {resource: "pods", verb: "list"}, {resource: "secrets", verb: "get"}})
	if err == nil || strings.Count(err.Error(), "cannot create resource") != 1 {
		t.Errorf("the reason is not reported exactly once: %v", err)
	}
}

// TestClusterSlow delays the first response by ten seconds, like a busy API
// server.
func TestClusterSlow(t *testing.T) {
	c := testcluster.Start(t)
	var once sync.Once
	access := checktest.Proxied(t, c, func(http.ResponseWriter, *http.Request) bool {
		once.Do(func() { time.Sleep(10 * time.Second) })
		return false
	})
	report := look(t, checktest.WithCluster(t, access, c.Namespace(t)), "cluster.reachable", "cluster.namespace")
	checktest.Expect(t, report, "cluster.reachable", check.Pass)
	checktest.Expect(t, report, "cluster.namespace", check.Pass)
}
