package cluster

import (
	"testing"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

func TestMain(m *testing.M) { checktest.Main(m, Checks) }

func look(t *testing.T, e *check.Env, only ...string) check.Report {
	t.Helper()
	return checktest.Look(t, Checks, e, only...)
}

func TestClusterHealthy(t *testing.T) {
	c := testcluster.Start(t)
	report := look(t, checktest.WithCluster(t, c.Access(), c.Namespace(t)), "cluster")
	for _, id := range []string{"kubeconfig", "reachable", "version", "clock", "namespace", "permissions", "release"} {
		checktest.Expect(t, report, "cluster."+id, check.Pass)
	}
}
