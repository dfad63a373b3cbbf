package checks

import (
	"net"
	"testing"
)

func TestLocalPort(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	e := &Env{Port: listener.Addr().(*net.TCPAddr).Port}
	expect(t, look(t, e, "local.port"), "local.port", Pass, "another one is taken")
	e.PortChosen = true
	expect(t, look(t, e, "local.port"), "local.port", Failed, "in use")
	expect(t, look(t, &Env{}, "local.port"), "local.port", Pass)
}
