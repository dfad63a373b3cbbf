package checks

import (
	"bytes"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"testing"
)

// between stands between a client and a database without TLS. It calls seen
// once, when the client says the word; from then on it may be silent.
type between struct {
	word   string
	seen   func()
	mute   atomic.Bool
	once   sync.Once
	target string
}

// listen takes connections on that address until the test ends.
func (b *between) listen(t *testing.T, host string) int {
	t.Helper()
	l := listen(t, host)
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { _ = client.Close() })
			go b.serve(t, client)
		}
	}()
	return l.Addr().(*net.TCPAddr).Port
}

func (b *between) serve(t *testing.T, client net.Conn) {
	server, err := net.Dial("tcp", b.target)
	if err != nil {
		return
	}
	t.Cleanup(func() { _ = server.Close() })
	go b.copy(client, server)
	b.copy(server, client)
}

func (b *between) copy(to io.WriteCloser, from io.Reader) {
	buffer := make([]byte, 64<<10)
	for {
		n, err := from.Read(buffer)
		if b.word != "" && bytes.Contains(buffer[:n], []byte(b.word)) {
			b.once.Do(b.seen)
		}
		if !b.mute.Load() {
			_, _ = to.Write(buffer[:n])
		}
		if err != nil {
			_ = to.Close()
			return
		}
	}
}
