package testcluster

import (
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"k8s.io/client-go/rest"
)

// Proxy is a plain HTTP server in front of the API server, with all permissions. Tests use it to see the requests of
// the program under test, and to break connections.
type Proxy struct {
	URL string

	server *httptest.Server

	mu      sync.Mutex
	after   func(*http.Request, int)
	refuses bool
	delay   time.Duration
	gate    chan struct{} // closed while requests pass
	conns   map[net.Conn]bool
}

// Proxy starts a proxy, which ends with the test.
func (c *Cluster) Proxy(t testing.TB) *Proxy {
	t.Helper()
	config, err := c.Access().Config()
	if err != nil {
		t.Fatal(err)
	}
	config = rest.CopyConfig(config)
	config.NextProtos = []string{"http/1.1"} // upgrades need it
	target, err := url.Parse(config.Host)
	if err != nil {
		t.Fatal(err)
	}
	transport, err := rest.TransportFor(config)
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{conns: map[net.Conn]bool{}, gate: make(chan struct{})}
	close(p.gate)
	silent := log.New(io.Discard, "", 0)
	reverse := &httputil.ReverseProxy{
		Rewrite:   func(r *httputil.ProxyRequest) { r.SetURL(target) },
		Transport: transport, ErrorLog: silent, FlushInterval: -1,
		ModifyResponse: func(r *http.Response) error { p.answered(r); return nil },
	}
	p.server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p.wait(r) {
			reverse.ServeHTTP(w, r)
		}
	}))
	p.server.Config.ErrorLog = silent
	p.server.Listener = &proxyListener{p.server.Listener, p}
	p.server.Start()
	p.URL = p.server.URL
	t.Cleanup(func() { p.Continue(); p.Cut(); p.server.Close() })
	return p
}

// Kubeconfig returns a kubeconfig whose only context leads to the proxy.
func (p *Proxy) Kubeconfig(t testing.TB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "kubeconfig")
	content := `apiVersion: v1
kind: Config
current-context: proxy
clusters: [{name: proxy, cluster: {server: "` + p.URL + `"}}]
contexts: [{name: proxy, context: {cluster: proxy, user: proxy}}]
users: [{name: proxy, user: {}}]
`
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// After calls f with every request that the API server has answered, and the status, before the client gets the
// answer.
func (p *Proxy) After(f func(*http.Request, int)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.after = f
}

func (p *Proxy) answered(r *http.Response) {
	p.mu.Lock()
	f := p.after
	p.mu.Unlock()
	if f != nil {
		f(r.Request, r.StatusCode)
	}
}

// Refuse breaks all connections and refuses new ones, until Accept is called.
func (p *Proxy) Refuse() {
	p.mu.Lock()
	p.refuses = true
	p.mu.Unlock()
	p.Cut()
}

// Accept ends Refuse.
func (p *Proxy) Accept() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refuses = false
}

// Delay makes every request take longer.
func (p *Proxy) Delay(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.delay = d
}

// Stall holds all requests back, until Continue is called.
func (p *Proxy) Stall() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.gate = make(chan struct{})
}

// Continue ends Stall.
func (p *Proxy) Continue() {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-p.gate:
	default:
		close(p.gate)
	}
}

// wait returns false if the client gives up first.
func (p *Proxy) wait(r *http.Request) bool {
	p.mu.Lock()
	delay, gate := p.delay, p.gate
	p.mu.Unlock()
	select {
	case <-r.Context().Done():
		return false
	case <-time.After(delay):
	}
	select {
	case <-r.Context().Done():
		return false
	case <-gate:
		return true
	}
}

// Cut breaks all connections.
func (p *Proxy) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for conn := range p.conns {
		_ = conn.Close()
	}
	clear(p.conns)
}

type proxyListener struct {
	net.Listener
	proxy *Proxy
}

// Accept waits for a connection, and closes those that are refused.
func (l *proxyListener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		l.proxy.mu.Lock()
		refused := l.proxy.refuses
		if !refused {
			l.proxy.conns[conn] = true
		}
		l.proxy.mu.Unlock()
		if !refused {
			return conn, nil
		}
		if tcp, ok := conn.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0) // a reset instead of an orderly end
		}
		_ = conn.Close()
	}
}
