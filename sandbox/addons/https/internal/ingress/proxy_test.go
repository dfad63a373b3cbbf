package ingress

import (
	"crypto/tls"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
)

// newServers serves a table over HTTP and HTTPS, with a backend that echoes its
// requests.
func newServers(t *testing.T, routes func(backend string) []route) (plain, secure string) {
	t.Helper()
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(
			w,
			strings.Join(
				[]string{
					r.Host,
					r.URL.RequestURI(),
					r.Header.Get("X-Forwarded-Proto"),
					r.Header.Get("X-Forwarded-Host"),
				},
				" ",
			),
		)
	}))
	t.Cleanup(service.Close)
	p, err := newProxy(slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	p.table.Store(&table{routes: routes(strings.TrimPrefix(service.URL, "http://"))})
	http1, https := httptest.NewServer(p), httptest.NewUnstartedServer(p)
	https.TLS = &tls.Config{GetCertificate: p.certificate}
	https.StartTLS()
	t.Cleanup(http1.Close)
	t.Cleanup(https.Close)
	return http1.URL, https.URL
}

// ask requests a path as host, without following redirects.
func ask(t *testing.T, base, host, path string) (int, string, http.Header) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Host = host
	client := &http.Client{
		Transport:     &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(body), response.Header
}

func TestProxy(t *testing.T) {
	plain, secure := newServers(t, func(backend string) []route {
		return []route{
			{host: "zenml.test", path: "/", kind: prefix, plain: true, secure: true, redirect: true, backend: backend},
			{host: "zenml.test", path: "/.well-known/token", kind: exact, plain: true, secure: true, backend: backend},
			{
				host:    "apps.test",
				path:    "/zenml(/|$)(.*)",
				kind:    pattern,
				regex:   regexp.MustCompile("^/zenml(/|$)(.*)"),
				rewrite: "/$2",
				plain:   true,
				secure:  true,
				backend: backend,
			},
			{host: "gone.test", path: "/", kind: prefix, plain: true, secure: true},
			{host: "closed.test", path: "/", kind: prefix, plain: true, secure: true, backend: "127.0.0.1:1"},
		}
	})
	for name, c := range map[string]struct {
		base, host, path string
		status           int
		body             string
	}{
		"https":                    {secure, "zenml.test", "/api?x=1", 200, "zenml.test /api?x=1 https zenml.test"},
		"a challenge over http":    {plain, "zenml.test", "/.well-known/token", 200, "/.well-known/token http zenml.test"},
		"rewritten":                {secure, "apps.test", "/zenml/health?x=1", 200, "/health?x=1 https apps.test"},
		"rewritten to the root":    {secure, "apps.test", "/zenml", 200, "apps.test / https apps.test"},
		"no route":                 {plain, "nobody.test", "/", 404, "no Ingress or HTTPRoute for nobody.test/"},
		"no Service":               {plain, "gone.test", "/", 503, "the Service does not exist"},
		"nobody listens behind it": {plain, "closed.test", "/", 502, "bad gateway"},
	} {
		t.Run(name, func(t *testing.T) {
			status, body, _ := ask(t, c.base, c.host, c.path)
			if status != c.status || !strings.Contains(body, c.body) {
				t.Errorf("got %d %q, want %d %q", status, body, c.status, c.body)
			}
		})
	}
	t.Run("redirect to https", func(t *testing.T) {
		status, _, header := ask(t, plain, "zenml.test", "/api?x=1")
		if status != http.StatusPermanentRedirect || header.Get("Location") != "https://zenml.test/api?x=1" {
			t.Errorf("got %d to %q", status, header.Get("Location"))
		}
	})
}
