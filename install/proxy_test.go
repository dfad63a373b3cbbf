package install

import (
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"k8s.io/client-go/rest"

	"github.com/zenml-installer/zenml-installer/internal/kube"
)

// apiProxy is a proxy in front of the API server that can reject WebSockets and
// drop connections, as corporate proxies do.
type apiProxy struct {
	server      *httptest.Server
	noWebSocket bool
	noUpgrade   bool

	mu       sync.Mutex
	conns    []net.Conn
	upgrades []string // protocols of upgrade requests
}

func (b *bench) proxy(noWebSocket bool) *apiProxy {
	b.t.Helper()
	config, err := b.Access().Config()
	if err != nil {
		b.t.Fatal(err)
	}
	config = rest.CopyConfig(config)
	config.NextProtos = []string{"http/1.1"} // upgrades require it
	target, err := url.Parse(config.Host)
	if err != nil {
		b.t.Fatal(err)
	}
	transport, err := rest.TransportFor(config)
	if err != nil {
		b.t.Fatal(err)
	}
	p := &apiProxy{noWebSocket: noWebSocket}
	reverse := &httputil.ReverseProxy{
		Rewrite:   func(r *httputil.ProxyRequest) { r.SetURL(target) },
		Transport: transport, ErrorLog: quiet(), FlushInterval: -1,
	}
	p.server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if upgrade := r.Header.Get("Upgrade"); upgrade != "" {
			p.mu.Lock()
			p.upgrades = append(p.upgrades, strings.ToLower(upgrade))
			p.mu.Unlock()
			if p.noUpgrade || p.noWebSocket && strings.EqualFold(upgrade, "websocket") {
				http.Error(w, "upgrade refused", http.StatusForbidden)
				return
			}
		}
		reverse.ServeHTTP(w, r)
	}))
	p.server.Config.ErrorLog = quiet()
	p.server.Listener = recordingListener{p.server.Listener, p}
	p.server.Start()
	b.t.Cleanup(func() { p.drop(); p.server.Close() })
	return p
}

// engine returns an engine that uses the proxy.
func (p *apiProxy) engine(t *testing.T) *Engine {
	t.Helper()
	empty := filepath.Join(t.TempDir(), "kubeconfig")
	if err := os.WriteFile(empty, []byte("apiVersion: v1\nkind: Config\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	flags := kube.NewFlags()
	*flags.KubeConfig = empty
	*flags.APIServer = p.server.URL
	return &Engine{Access: kube.New(flags)}
}

// drop closes all open connections.
func (p *apiProxy) drop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, conn := range p.conns {
		_ = conn.Close()
	}
	p.conns = nil
}

func (p *apiProxy) asked() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.upgrades...)
}

type recordingListener struct {
	net.Listener
	proxy *apiProxy
}

func (l recordingListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err == nil {
		l.proxy.mu.Lock()
		l.proxy.conns = append(l.proxy.conns, conn)
		l.proxy.mu.Unlock()
	}
	return conn, err
}
