package acme

import (
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// order returns the body of a certificate request, as ACME clients sign it.
func order(hosts ...string) string {
	var identifiers []string
	for _, host := range hosts {
		identifiers = append(identifiers, fmt.Sprintf(`{"type":"dns","value":%q}`, host))
	}
	payload := `{"identifiers":[` + strings.Join(identifiers, ",") + `]}`
	return fmt.Sprintf(
		`{"protected":"e30","payload":%q,"signature":"AA"}`,
		base64.RawURLEncoding.EncodeToString([]byte(payload)),
	)
}

func TestLimited(t *testing.T) {
	pebble := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Replay-Nonce", "from "+r.URL.Path)
		body, _ := io.ReadAll(r.Body)
		_, _ = w.Write(body)
	})
	server := httptest.NewServer(limited("rate-limited.test", pebble))
	defer server.Close()
	for name, c := range map[string]struct {
		path, body string
		status     int
	}{
		"order for another host":   {orderPath, order("zenml.test"), http.StatusOK},
		"order for the zone":       {orderPath, order("rate-limited.test"), http.StatusTooManyRequests},
		"order for a host in it":   {orderPath, order("a.test", "zenml.rate-limited.test"), http.StatusTooManyRequests},
		"a name that only ends so": {orderPath, order("not-rate-limited.test"), http.StatusOK},
		"not an order":             {orderPath, "rubbish", http.StatusOK},
		"another endpoint":         {"/sign-me-up", order("rate-limited.test"), http.StatusOK},
	} {
		t.Run(name, func(t *testing.T) {
			response, err := http.Post(server.URL+c.path, "application/jose+json", strings.NewReader(c.body))
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = response.Body.Close() }()
			body, err := io.ReadAll(response.Body)
			if err != nil || response.StatusCode != c.status {
				t.Fatalf("status %d, %v", response.StatusCode, err)
			}
			if c.status == http.StatusOK && string(body) != c.body {
				t.Errorf("Pebble got %q", body)
			}
			if c.status != http.StatusOK &&
				(!strings.Contains(string(body), "urn:ietf:params:acme:error:rateLimited") ||
					response.Header.Get("Replay-Nonce") != "from "+noncePath) {
				t.Errorf("refused with %q, headers %v", body, response.Header)
			}
		})
	}
}
