package kube

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/portforward"
	"k8s.io/client-go/transport/spdy"
	"k8s.io/streaming/pkg/httpstream"
)

// PortForwardDialer returns the dialer of a pod's port-forward endpoint: WebSocket, and
// SPDY where the API server or a proxy does not accept WebSocket.
func PortForwardDialer(config *rest.Config, endpoint *url.URL) (httpstream.Dialer, error) {
	transport, upgrader, err := spdy.RoundTripperFor(config)
	if err != nil {
		return nil, err
	}
	bySPDY := spdy.NewDialerForStreaming(upgrader, &http.Client{Transport: transport}, http.MethodPost, endpoint)
	byWebSocket, err := portforward.NewSPDYOverWebsocketDialerForStreaming(endpoint, config)
	if err != nil {
		return nil, err
	}
	return portforward.NewFallbackDialerForStreaming(byWebSocket, bySPDY, func(err error) bool {
		return httpstream.IsUpgradeFailure(err) || httpstream.IsHTTPSProxyError(err)
	}), nil
}

// DialPortForward connects to a pod's port-forward endpoint. The dialer takes no
// context: when ctx ends, a late connection is closed.
func DialPortForward(ctx context.Context, config *rest.Config, endpoint *url.URL) (httpstream.Connection, error) {
	dialer, err := PortForwardDialer(config, endpoint)
	if err != nil {
		return nil, err
	}
	type result struct {
		conn httpstream.Connection
		err  error
	}
	done := make(chan result, 1)
	go func() {
		conn, _, err := dialer.Dial(portforward.PortForwardProtocolV1Name)
		done <- result{conn, err}
	}()
	select {
	case r := <-done:
		return r.conn, r.err
	case <-ctx.Done():
		go func() {
			if r := <-done; r.conn != nil {
				_ = r.conn.Close()
			}
		}()
		return nil, context.Cause(ctx)
	}
}

// IsUpgradeRefused reports whether something between this machine and the API server
// does not let a port-forward through. It is also true if a proxy removes the Upgrade
// header, which the API server then misses.
func IsUpgradeRefused(err error) bool {
	if err == nil {
		return false
	}
	text := err.Error()
	isUpgrade := httpstream.IsUpgradeFailure(err) || httpstream.IsHTTPSProxyError(err) ||
		strings.Contains(text, "unable to upgrade connection")
	isAnswer := strings.Contains(text, "is forbidden: ") || strings.Contains(text, `" not found`)
	return isUpgrade && !isAnswer
}
