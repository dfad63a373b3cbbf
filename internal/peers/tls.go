package peers

import (
	"crypto/tls"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/zenml-installer/zenml-installer/internal/testdb"
)

// ServeTLS serves over TLS for host names until the test ends, on an address of this machine. It returns the address with
// its port, and the certificate authority.
func ServeTLS(t testing.TB, host string, handler http.Handler, names ...string) (address, authority string) {
	t.Helper()
	ca := testdb.NewAuthority(t)
	pair := ca.Server(t, time.Now().Add(time.Hour), names...)
	certificate, err := tls.X509KeyPair(pair.Cert, pair.Key)
	check(t, err)
	server := httptest.NewUnstartedServer(handler)
	server.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}
	server.EnableHTTP2 = true
	listenOn(t, server, host)
	server.StartTLS()
	t.Cleanup(server.Close)
	return server.Listener.Addr().String(), string(ca.PEM)
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

// listenOn makes a server listen on a free port of an address.
func listenOn(t testing.TB, server *httptest.Server, host string) {
	t.Helper()
	check(t, server.Listener.Close())
	listener, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	check(t, err)
	server.Listener = listener
}
