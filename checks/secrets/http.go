package secrets

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"net/url"
	"time"

	"golang.org/x/net/http/httpproxy"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/secrets/stores"
	"github.com/zenml-installer/zenml-installer/internal/answers"
)

var machineMemo = check.NewMemo[stores.Machine]("way to the secrets stores")

// machine returns what the clients of the secrets stores can use: the environment
// variables of Local, the proxies that they set (HTTPS_PROXY, HTTP_PROXY, NO_PROXY),
// this machine's CAs and the custom CAs of the answers.
func machine(ctx context.Context, e *check.Env) (stores.Machine, error) {
	return machineMemo.Get(ctx, e, func(ctx context.Context) (stores.Machine, error) {
		proxy := proxy(e)
		transport := &http.Transport{
			Proxy:                 func(r *http.Request) (*url.URL, error) { return proxy(r.URL) },
			DialContext:           (&net.Dialer{Timeout: check.DialLimit, Resolver: e.Resolver}).DialContext,
			TLSClientConfig:       &tls.Config{RootCAs: trusted(ctx, e), MinVersion: tls.VersionTLS12},
			TLSHandshakeTimeout:   check.DialLimit,
			ResponseHeaderTimeout: 15 * time.Second,
			ForceAttemptHTTP2:     true,
		}
		e.AtEnd(transport.CloseIdleConnections)
		return stores.Machine{Getenv: e.Local.Getenv, HTTP: &http.Client{Transport: transport}, Now: e.Now}, nil
	})
}

func proxy(e *check.Env) func(*url.URL) (*url.URL, error) {
	m := stores.Machine{Getenv: e.Local.Getenv}
	either := func(upper, lower string) string {
		if v := m.Env(upper); v != "" {
			return v
		}
		return m.Env(lower)
	}
	c := httpproxy.Config{
		HTTPProxy:  either("HTTP_PROXY", "http_proxy"),
		HTTPSProxy: either("HTTPS_PROXY", "https_proxy"),
		NoProxy:    either("NO_PROXY", "no_proxy"),
	}
	return c.ProxyFunc()
}

// trusted returns the CAs that the server will trust: this machine's, as a substitute
// for those of its image, and the custom CAs. network.ca reports unreadable ones.
func trusted(ctx context.Context, e *check.Env) *x509.CertPool {
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	c := e.Answers.Certificates
	var sources []answers.Source
	for _, ca := range c.CustomCAs {
		sources = append(sources, ca.Certificate)
	}
	for _, ref := range c.SecretRefs {
		sources = append(sources, answers.Source{SecretRef: &ref})
	}
	for _, s := range sources {
		if text, err := e.Read(ctx, "CA certificate", s); err == nil {
			pool.AppendCertsFromPEM([]byte(text.Reveal()))
		}
	}
	return pool
}
