package prompt

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// reader reads answers, one a line, and can be interrupted while it waits.
type reader struct {
	in      *bufio.Reader
	fd      int // of the terminal; -1 when the input is none
	pending chan read
}

type read struct {
	text string
	err  error
}

func newReader(in io.Reader) *reader {
	r := &reader{in: bufio.NewReader(in), fd: -1}
	if f, ok := in.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		r.fd = int(f.Fd())
	}
	return r
}

// terminal tells whether a person types.
func (r *reader) terminal() bool { return r.fd >= 0 }

// line returns the next line without its end. With hidden, a terminal does
// not echo it. The error is io.EOF at the end of the input, or ctx's.
func (r *reader) line(ctx context.Context, hidden bool) (string, error) {
	restore := func() {}
	if r.pending == nil {
		if hidden && r.terminal() {
			if state, err := term.GetState(r.fd); err == nil {
				restore = func() { _ = term.Restore(r.fd, state) }
			}
		}
		r.pending = make(chan read, 1)
		go func(to chan<- read) { to <- r.next(hidden) }(r.pending)
	}
	select {
	case got := <-r.pending:
		r.pending = nil
		return got.text, got.err
	case <-ctx.Done():
		restore()
		return "", ctx.Err()
	}
}

func (r *reader) next(hidden bool) read {
	if hidden && r.terminal() {
		text, err := term.ReadPassword(r.fd)
		return read{string(text), err}
	}
	text, err := r.in.ReadString('\n')
	if errors.Is(err, io.EOF) && text != "" {
		err = nil // a last line without an end
	}
	return read{strings.TrimRight(text, "\r\n"), err}
}
