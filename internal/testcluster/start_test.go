package testcluster

import "testing"

func TestMain(m *testing.M) { Main(m) }

func TestStart(t *testing.T) {
	cluster := Start(t)
	if !cluster.RealNodes || len(cluster.Charts) != 2 || cluster.Database.Password.Empty() {
		t.Errorf("%+v", cluster)
	}
	namespace := cluster.Namespace(t)
	version, err := cluster.Client(t).Discovery().ServerVersion()
	if err != nil || version.GitVersion != cluster.Version || namespace == "" {
		t.Error(version, err)
	}
}
