package acme

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// orderPath and noncePath are Pebble's paths for new orders and nonces.
const (
	orderPath = "/order-plz"
	noncePath = "/nonce-plz"
)

// maxBody is far larger than an order.
const maxBody = 1 << 20

// limited rejects orders for hosts below zone like Let's Encrypt rejects orders
// above a rate limit. Pebble has no rate limits.
func limited(zone string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if zone == "" || r.Method != http.MethodPost || r.URL.Path != orderPath {
			next.ServeHTTP(w, r)
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		if !below(zone, body) {
			r.Body = io.NopCloser(bytes.NewReader(body))
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Replay-Nonce", nonce(r, next))
		refuse(w)
	})
}

// below reports whether an order, a signed message, contains a host of the
// zone.
func below(zone string, body []byte) bool {
	var message struct{ Payload string }
	var order struct{ Identifiers []struct{ Value string } }
	if json.Unmarshal(body, &message) != nil {
		return false
	}
	payload, err := base64.RawURLEncoding.DecodeString(message.Payload)
	if err != nil || json.Unmarshal(payload, &order) != nil {
		return false
	}
	for _, identifier := range order.Identifiers {
		if identifier.Value == zone || strings.HasSuffix(identifier.Value, "."+zone) {
			return true
		}
	}
	return false
}

// refuse responds with the rate limit problem of RFC 8555.
func refuse(w http.ResponseWriter) {
	again := time.Now().UTC().Add(34 * time.Hour).Truncate(time.Second)
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Retry-After", fmt.Sprint(int(time.Until(again).Seconds())))
	w.WriteHeader(http.StatusTooManyRequests)
	_ = json.NewEncoder(w).Encode(map[string]any{
		"type":   "urn:ietf:params:acme:error:rateLimited",
		"status": http.StatusTooManyRequests,
		"detail": "too many certificates (5) already issued for this exact set of identifiers " +
			"in the last 168h0m0s, retry after " +
			again.Format(
				"2006-01-02 15:04:05 MST",
			) + ": see https://letsencrypt.org/docs/rate-limits/#new-certificates-per-exact-set-of-identifiers",
	})
}

// nonce gets the nonce for the client's next request from Pebble.
func nonce(r *http.Request, pebble http.Handler) string {
	ask := r.Clone(r.Context())
	ask.Method, ask.Body = http.MethodHead, http.NoBody
	ask.URL.Path = noncePath
	answer := headersOnly{}
	pebble.ServeHTTP(answer, ask)
	return http.Header(answer).Get("Replay-Nonce")
}

// headersOnly is a response writer that keeps only the headers.
type headersOnly http.Header

func (h headersOnly) Header() http.Header            { return http.Header(h) }
func (h headersOnly) WriteHeader(int)                {}
func (h headersOnly) Write(data []byte) (int, error) { return len(data), nil }
