package transport

import (
	"context"
	"net/http"
)

// WithContext returns a transport whose requests end with ctx, for clients that
// take no context.
func WithContext(ctx context.Context, base http.RoundTripper) http.RoundTripper {
	return boundTransport{ctx, base}
}

type boundTransport struct {
	ctx  context.Context
	base http.RoundTripper
}

func (t boundTransport) RoundTrip(request *http.Request) (*http.Response, error) {
	return t.base.RoundTrip(request.WithContext(t.ctx))
}
