package peers

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// Proxy starts an HTTPS proxy that forwards connections for some hosts, or for every host of a domain
// (".vault.azure.net"), to servers of the test, so that clients can use the real addresses. It refuses all others.
func Proxy(t testing.TB, leads map[string]string) (url string) {
	t.Helper()
	return ProxyOn(t, loopback, leads)
}

// ProxyOn is Proxy on an address of this machine that pods reach.
func ProxyOn(t testing.TB, host string, leads map[string]string) (url string) {
	t.Helper()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.Host)
		address := lead(leads, host)
		if r.Method != http.MethodConnect || err != nil || address == "" {
			http.Error(w, "no such host here: "+r.Host, http.StatusBadGateway)
			return
		}
		tunnel(r.Context(), w, address)
	}))
	listenOn(t, server, host)
	server.Start()
	t.Cleanup(server.Close)
	return server.URL
}

func lead(leads map[string]string, host string) string {
	if address, ok := leads[host]; ok {
		return address
	}
	_, domain, _ := strings.Cut(host, ".")
	return leads["."+domain]
}

func tunnel(ctx context.Context, w http.ResponseWriter, address string) {
	there, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	here, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		_ = there.Close()
		return
	}
	_, _ = io.WriteString(here, "HTTP/1.1 200 Connection established\r\n\r\n")
	go func() {
		_, _ = io.Copy(there, here)
		_ = there.Close()
	}()
	_, _ = io.Copy(here, there)
	_ = here.Close()
}
