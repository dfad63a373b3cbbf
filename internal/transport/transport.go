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

// EndsWith returns a transport whose requests end with ctx, or with their own
// context if that ends first.
func EndsWith(ctx context.Context, base http.RoundTripper) http.RoundTripper {
	return endingTransport{ctx, base}
}

type endingTransport struct {
	ctx  context.Context
	base http.RoundTripper
}

func (t endingTransport) RoundTrip(request *http.Request) (*http.Response, error) {
	ctx, end := context.WithCancelCause(request.Context())
	stop := context.AfterFunc(t.ctx, func() { end(context.Cause(t.ctx)) }) //nolint:contextcheck // both end it
	context.AfterFunc(request.Context(), func() { stop() })                // also after the body was read
	return t.base.RoundTrip(request.WithContext(ctx))
}
