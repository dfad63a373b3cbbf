package testcluster

import (
	"os"
	"os/exec"
	"testing"
)

func TestMain(m *testing.M) { Main(m) }

func TestAlive(t *testing.T) {
	command := exec.Command("true")
	if err := command.Run(); err != nil {
		t.Fatal(err)
	}
	if !alive(os.Getpid()) || alive(command.Process.Pid) {
		t.Errorf("own process alive: %t, one that has ended: %t", alive(os.Getpid()), alive(command.Process.Pid))
	}
}

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
