package peers

import (
	"crypto/tls"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/zenml-installer/zenml-installer/internal/testdb"
)

// serveTLS serves over TLS for the host names of a cloud until the test ends. It returns the address and the certificate
// authority.
func serveTLS(t testing.TB, handler http.Handler, hosts ...string) (address, authority string) {
	t.Helper()
	ca := testdb.NewAuthority(t)
	pair := ca.Server(t, time.Now().Add(time.Hour), hosts...)
	certificate, err := tls.X509KeyPair(pair.Cert, pair.Key)
	check(t, err)
	server := httptest.NewUnstartedServer(handler)
	server.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}
	server.StartTLS()
	t.Cleanup(server.Close)
	return server.Listener.Addr().String(), string(ca.PEM)
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}
