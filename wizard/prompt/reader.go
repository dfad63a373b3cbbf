package prompt

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"
)

// reader reads lines and can be interrupted while it waits.
type reader struct {
	in      *bufio.Reader
	fd      int // of the terminal; -1 if the input is not one
	pending chan readResult
}

type readResult struct {
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

// isTerminal reports whether the input is a terminal.
func (r *reader) isTerminal() bool { return r.fd >= 0 }

// line returns the next line without its line break; show prints the prompt. A
// terminal does not echo a hidden line, starting before the prompt appears. The
// error is io.EOF at the end of the input, or ctx's.
func (r *reader) line(ctx context.Context, hidden bool, show func()) (string, error) {
	restore := func() {}
	if hidden && r.isTerminal() {
		before, err := term.GetState(r.fd)
		if err != nil {
			return "", err
		}
		restore = func() { _ = term.Restore(r.fd, before) }
		r.startRead(true)
		r.waitForEchoOff(before)
	} else if r.pending == nil {
		r.startRead(false)
	}
	show()
	select {
	case got := <-r.pending:
		r.pending = nil
		return got.text, got.err
	case <-ctx.Done():
		restore()
		return "", ctx.Err()
	}
}

// startRead starts reading. A read that was interrupted stays pending.
func (r *reader) startRead(hidden bool) {
	pending := make(chan readResult, 1)
	r.pending = pending
	go func() { pending <- r.read(hidden) }()
}

// waitForEchoOff waits until the terminal has stopped echoing, so that nothing
// typed at the prompt becomes visible.
func (r *reader) waitForEchoOff(before *term.State) {
	const patience = 200
	for range patience {
		if now, err := term.GetState(r.fd); err != nil || *now != *before {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

func (r *reader) read(hidden bool) readResult {
	if hidden && r.isTerminal() {
		text, err := term.ReadPassword(r.fd)
		return readResult{string(text), err}
	}
	text, err := r.in.ReadString('\n')
	if errors.Is(err, io.EOF) && text != "" {
		err = nil // the last line lacks a line break
	}
	return readResult{strings.TrimRight(text, "\r\n"), err}
}
