package connect

import (
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"time"
)

// maxBuffered limits how much client data is buffered for a retry. It fits a
// request with headers and any body that the server accepts.
const maxBuffered = 256 << 10

// localConn is a local client's connection. It buffers the client's data until
// the server responds.
type localConn struct {
	net.Conn

	mu         sync.Mutex
	buffered   []byte
	overflowed bool // more was sent than fits in the buffer
	answered   bool
	ended      bool // the client has closed its side
}

// send writes the buffered data, then the client's further data.
func (l *localConn) send(to io.Writer) {
	l.mu.Lock()
	again, ended := l.buffered, l.ended
	l.mu.Unlock()
	if _, err := to.Write(again); err != nil || ended {
		return
	}
	buffer := make([]byte, 32<<10)
	for {
		n, err := l.Read(buffer)
		l.record(buffer[:n], err)
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

func (l *localConn) record(sent []byte, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ended = err != nil && !errors.Is(err, os.ErrDeadlineExceeded)
	if l.answered {
		l.buffered = nil
		return
	}
	if len(l.buffered)+len(sent) > maxBuffered {
		l.overflowed = true
		return
	}
	l.buffered = append(l.buffered[:len(l.buffered):len(l.buffered)], sent...)
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

// unanswered reports whether the server has not responded and all client data
// is buffered, so that the request can be retried.
func (l *localConn) unanswered() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return !l.answered && !l.overflowed
}

// release interrupts a pending read of the connection.
func (l *localConn) release() { _ = l.SetReadDeadline(time.Now()) }

// retain makes the connection readable after release. It fails if the
// connection is closed.
func (l *localConn) retain() bool { return l.SetReadDeadline(time.Time{}) == nil }
