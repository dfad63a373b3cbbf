package local

import (
	"net"
	"testing"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
)

func TestLocalPort(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	checktest.Must(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	e := &check.Env{Port: listener.Addr().(*net.TCPAddr).Port}
	checktest.Expect(t, look(t, e, "local.port"), "local.port", check.Pass, "the next free port will be used")
	e.PortChosen = true
	checktest.Expect(t, look(t, e, "local.port"), "local.port", check.Failed, "in use")
	checktest.Expect(t, look(t, &check.Env{}, "local.port"), "local.port", check.Pass)
}
