package checktest

import (
	"net"
	"testing"
)

// ClosedAddress returns an address that nothing listens on.
func ClosedAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	Must(t, err)
	Must(t, listener.Close())
	return listener.Addr().String()
}

// ServeSSH starts a server that greets like SSH and returns its port.
func ServeSSH(t *testing.T, host string) int {
	t.Helper()
	listener := Listen(t, host)
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Write([]byte("SSH-2.0-OpenSSH_9.2p1 Debian\r\n"))
			_ = conn.Close()
		}
	}()
	return listener.Addr().(*net.TCPAddr).Port
}

// Listen listens on a free port of a host.
func Listen(t *testing.T, host string) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	Must(t, err)
	return l
}
