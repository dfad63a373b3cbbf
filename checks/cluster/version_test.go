package cluster

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/kube"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

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
		"v1.36.1-eks-5c9b": {check.Pass, "eks"}, "v1.35.2-gke.1842000": {check.Pass, "gke"},
		"v1.36.0+k3s1": {check.Pass, "k3s1"}, "v1.35.4+rke2r1": {check.Pass, "rke2"},
	} {
		t.Run(version, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				_, _ = w.Write([]byte(`{"gitVersion": "` + version + `"}`))
			}))
			t.Cleanup(server.Close)
			e := checktest.WithCluster(t, served(t, server.URL), "zenml")
			e.Now = func() time.Time { return time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC) }
			report := look(t, e, "cluster.version")
			checktest.Expect(t, report, "cluster.version", want.status, want.say)
			if want.status == check.Pass {
				checktest.Accept(t, report, "cluster.version",
					"the version names of EKS, GKE, k3s and other distributions", check.Pass)
			}
		})
	}
}

// served returns the access to a server without credentials.
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
