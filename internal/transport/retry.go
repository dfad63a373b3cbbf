package transport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	firstPause = 250 * time.Millisecond
	lastPause  = 2 * time.Second
)

// Retry repeats requests to the API server whose connection was refused or lost,
// until their context ends. Requests that create an object are safe to repeat,
// because the server refuses to create it twice.
type Retry struct {
	// Tell is told once when the server stops answering, and when it answers again.
	Tell func(text string)

	mu   sync.Mutex
	lost time.Time // when the server stopped answering; zero while it answers
}

// Wrap returns a transport that repeats requests.
func (r *Retry) Wrap(base http.RoundTripper) http.RoundTripper { return retryTransport{r, base} }

type retryTransport struct {
	*Retry
	base http.RoundTripper
}

// RoundTrip sends the request until it is answered.
func (t retryTransport) RoundTrip(request *http.Request) (*http.Response, error) {
	arrived := false // an earlier attempt may have reached the server
	for pause := firstPause; ; pause = min(2*pause, lastPause) {
		response, err := t.base.RoundTrip(request)
		if err == nil {
			t.answered()
			if arrived && response.StatusCode == http.StatusConflict {
				return t.created(request, response)
			}
			return response, nil
		}
		next, ok := repeat(request, err)
		if !ok {
			return response, err
		}
		t.silent(err)
		arrived = arrived || !isRefused(err)
		if !sleep(request.Context(), pause) {
			return response, err
		}
		request = next
	}
}

// repeat returns the request for another attempt, if that can help.
func repeat(request *http.Request, err error) (*http.Request, bool) {
	if request.Context().Err() != nil || !IsConnectionFault(err) || request.Header.Get("Upgrade") != "" {
		return nil, false
	}
	next := request.Clone(request.Context())
	if request.Body == nil || request.Body == http.NoBody {
		return next, true
	}
	if request.GetBody == nil {
		return nil, false
	}
	body, err := request.GetBody()
	next.Body = body
	return next, err == nil
}

// IsConnectionFault returns true for a connection that was refused or lost.
func IsConnectionFault(err error) bool {
	var timeout net.Error
	return isRefused(err) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		strings.Contains(err.Error(), "http2: client connection lost") ||
		strings.Contains(err.Error(), "http2: server sent GOAWAY") ||
		strings.Contains(err.Error(), "server closed idle connection") ||
		errors.As(err, &timeout) && timeout.Timeout()
}

// isRefused returns true if the request was not sent.
func isRefused(err error) bool {
	var op *net.OpError
	return errors.Is(err, syscall.ECONNREFUSED) || errors.As(err, &op) && op.Op == "dial" && !isNameFault(err)
}

// isNameFault returns true for a host name that does not exist.
func isNameFault(err error) bool {
	var dns *net.DNSError
	return errors.As(err, &dns) && dns.IsNotFound
}

// created replaces the refusal to create an object twice by the object that the
// attempt before has created. The caller sees a conflict only where the object
// belongs to someone else.
func (t retryTransport) created(request *http.Request, refusal *http.Response) (*http.Response, error) {
	if request.Method != http.MethodPost || request.GetBody == nil {
		return refusal, nil
	}
	sent, err := request.GetBody()
	if err != nil {
		return refusal, nil //nolint:nilerr // the refusal is an answer
	}
	name := objectName(sent)
	if name == "" {
		return refusal, nil
	}
	get, err := http.NewRequestWithContext(request.Context(), http.MethodGet, //nolint:gosec // the same API server
		request.URL.String(), nil)
	if err != nil {
		return refusal, nil //nolint:nilerr // the refusal is an answer
	}
	get.URL = get.URL.JoinPath(name)
	get.URL.RawQuery = ""
	get.Header = request.Header.Clone()
	found, err := t.base.RoundTrip(get)
	if err != nil || found.StatusCode != http.StatusOK {
		return refusal, nil //nolint:nilerr // the refusal is an answer
	}
	return sameObject(request, refusal, found)
}

func (r *Retry) silent(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.lost.IsZero() {
		return
	}
	r.lost = time.Now()
	r.tell(fmt.Sprintf("the API server does not answer (%s): trying again until it does", Reason(err)))
}

func (r *Retry) answered() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.lost.IsZero() {
		return
	}
	r.tell(fmt.Sprintf("the API server answers again, after %s", time.Since(r.lost).Round(time.Second)))
	r.lost = time.Time{}
}

func (r *Retry) tell(text string) {
	if r.Tell != nil {
		r.Tell(text)
	}
}

// sleep returns false if ctx ends first.
func sleep(ctx context.Context, pause time.Duration) bool {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
