package secrets

import (
	"net/http"
	"net/http/httputil"
	"net/url"
	"testing"
)

// forward hands a request on to another server, changed.
func forward(t *testing.T, w http.ResponseWriter, r *http.Request, address string, change func(*http.Request)) {
	to, err := url.Parse(address)
	if err != nil {
		t.Error(err)
		return
	}
	proxy := httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) {
		p.SetURL(to)
		change(p.Out)
	}}
	proxy.ServeHTTP(w, r)
}
