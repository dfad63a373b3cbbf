package ingress

import (
	"crypto/tls"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

// proxy serves the routes of its current table.
type proxy struct {
	table    atomic.Pointer[table]
	fallback *tls.Certificate
	log      *slog.Logger
}

func newProxy(log *slog.Logger) (*proxy, error) {
	fallback, err := defaultCertificate()
	if err != nil {
		return nil, err
	}
	p := &proxy{fallback: fallback, log: log}
	p.table.Store(&table{})
	return p, nil
}

// certificate returns the certificate for the client's server name.
func (p *proxy) certificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	if found := p.table.Load().certificate(hello.ServerName); found != nil {
		return found, nil
	}
	return p.fallback, nil
}

// ServeHTTP responds with 404 without a route and 503 without a backend.
func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	host := hostOf(r)
	found := p.table.Load().find(r.TLS != nil, host, r.URL.Path)
	switch {
	case found == nil:
		http.Error(w, "404 page not found: no Ingress or HTTPRoute for "+host+r.URL.Path, http.StatusNotFound)
	case found.redirect && r.TLS == nil:
		target := "https://" + host + r.URL.RequestURI()
		http.Redirect(w, r, target, http.StatusPermanentRedirect) //nolint:gosec // the host has a route
	case found.backend == "":
		http.Error(
			w,
			"503 service unavailable: the Service does not exist or has no such port",
			http.StatusServiceUnavailable,
		)
	default:
		p.forward(found, w, r)
	}
}

func (p *proxy) forward(to *route, w http.ResponseWriter, r *http.Request) {
	reverse := &httputil.ReverseProxy{
		Rewrite: func(out *httputil.ProxyRequest) {
			out.SetURL(&url.URL{Scheme: "http", Host: to.backend})
			out.Out.Host = out.In.Host
			out.SetXForwarded()
			if to.regex != nil {
				out.Out.URL.Path, out.Out.URL.RawPath = to.rewritten(out.In.URL.Path), ""
			}
		},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) {
			p.log.Warn("cannot forward", "backend", to.backend, "error", err)
			http.Error(w, "502 bad gateway", http.StatusBadGateway)
		},
		Transport: transport,
	}
	reverse.ServeHTTP(w, r)
}

// rewritten applies the rewrite target, which references groups as $1.
func (r *route) rewritten(path string) string {
	match := r.regex.FindStringSubmatchIndex(path)
	template := groupReference.ReplaceAllString(r.rewrite, "$${$1}")
	return string(r.regex.ExpandString(nil, template, path, match))
}

var transport = &http.Transport{
	DialContext:         (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
	MaxIdleConnsPerHost: 16, IdleConnTimeout: 30 * time.Second,
}

func hostOf(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.Host)
	if err != nil {
		host = r.Host
	}
	return strings.ToLower(host)
}
