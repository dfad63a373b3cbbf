package checktest

import (
	"bytes"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Between is a proxy between a client and a database without TLS. It calls Seen once,
// when the client sends Word. While Mute is set, it forwards nothing.
type Between struct {
	Word   string
	Seen   func()
	Mute   atomic.Bool
	Delay  time.Duration // of every packet
	Start  time.Duration // before a connection is forwarded
	once   sync.Once
	Target string
}

// Listen accepts connections on that address until the test ends.
func (b *Between) Listen(t *testing.T, host string) int {
	t.Helper()
	return serveEach(t, host, func(client net.Conn) { b.serve(t, client) })
}

// serveEach serves the connections to an address until the test ends, and returns
// its port.
func serveEach(t *testing.T, host string, serve func(net.Conn)) int {
	t.Helper()
	l := Listen(t, host)
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { _ = client.Close() })
			go serve(client)
		}
	}()
	return l.Addr().(*net.TCPAddr).Port
}

func (b *Between) serve(t *testing.T, client net.Conn) {
	time.Sleep(b.Start)
	server, err := net.Dial("tcp", b.Target)
	if err != nil {
		return
	}
	t.Cleanup(func() { _ = server.Close() })
	go b.copy(client, server)
	b.copy(server, client)
}

func (b *Between) copy(to io.WriteCloser, from io.Reader) {
	buffer := make([]byte, 64<<10)
	for {
		n, err := from.Read(buffer)
		if b.Word != "" && bytes.Contains(buffer[:n], []byte(b.Word)) {
			b.once.Do(b.Seen)
		}
		time.Sleep(b.Delay)
		if !b.Mute.Load() {
			_, _ = to.Write(buffer[:n])
		}
		if err != nil {
			_ = to.Close()
			return
		}
	}
}
