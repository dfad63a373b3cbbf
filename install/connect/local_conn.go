package connect

import (
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"time"
)

// mostKept is how much of what a client sends is kept in order to be sent
// again: a request with its headers, and any body that the server takes.
const mostKept = 256 << 10

// localConn is a local client's connection. Until the server answers, it keeps
// what the client has sent.
type localConn struct {
	net.Conn

	mu       sync.Mutex
	kept     []byte
	over     bool // more was sent than is kept
	answered bool
	ended    bool // the client will send no more
}

// send copies from the client, beginning with what was kept.
func (l *localConn) send(to io.Writer) {
	l.mu.Lock()
	again, ended := l.kept, l.ended
	l.mu.Unlock()
	if _, err := to.Write(again); err != nil || ended {
		return
	}
	buffer := make([]byte, 32<<10)
	for {
		n, err := l.Read(buffer)
		l.keep(buffer[:n], err)
		if n > 0 {
			if _, err := to.Write(buffer[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

func (l *localConn) keep(sent []byte, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ended = err != nil && !errors.Is(err, os.ErrDeadlineExceeded)
	if l.answered {
		l.kept = nil
		return
	}
	if len(l.kept)+len(sent) > mostKept {
		l.over = true
		return
	}
	l.kept = append(l.kept[:len(l.kept):len(l.kept)], sent...)
}

// receive copies to the client.
func (l *localConn) receive(from io.Reader) {
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		if n > 0 {
			l.mu.Lock()
			l.answered = true
			l.mu.Unlock()
			if _, err := l.Write(buffer[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// unanswered reports whether the server has said nothing yet and all that the
// client has sent is kept.
func (l *localConn) unanswered() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return !l.answered && !l.over
}

// release makes a reader of the connection return.
func (l *localConn) release() { _ = l.SetReadDeadline(time.Now()) }

// retain makes the connection usable after release; it fails when it has been
// closed.
func (l *localConn) retain() bool { return l.SetReadDeadline(time.Time{}) == nil }
