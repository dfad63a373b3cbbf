package transport

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"syscall"
	"testing"
)

func TestReason(t *testing.T) {
	refused := &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	for want, err := range map[string]error{
		"connection refused":       fmt.Errorf("ping: %w", refused),
		"connection reset by peer": &url.Error{Op: "Get", URL: "https://a.test", Err: syscall.ECONNRESET},
		"no such host":             &net.DNSError{Err: "no such host", Name: "a.test", Server: "10.0.0.1:53"},
		"the DNS server did not answer": &net.OpError{Op: "dial", Err: &net.DNSError{Err: "i/o timeout",
			IsTimeout: true}},
		"certificate signed by an unknown CA": &url.Error{Op: "Get", Err: x509.UnknownAuthorityError{}},
		"anything else":                       errors.New("anything else"),
	} {
		if got := Reason(err); got != want {
			t.Errorf("%v: got %q, want %q", err, got, want)
		}
	}
}

func TestReason_realTLSError(t *testing.T) {
	s := httptest.NewTLSServer(http.NotFoundHandler())
	defer s.Close()
	response, err := http.Get(s.URL) //nolint:noctx // the request must fail
	if err == nil {
		_ = response.Body.Close()
		t.Fatal("the client trusts the test's CA")
	}
	if got := Reason(err); got != "certificate signed by an unknown CA" {
		t.Errorf("got %q", got)
	}
}
