// Package registry serves the OCI registry of a sandbox.
package registry

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/google/go-containerregistry/pkg/registry"
)

// Registry is a running OCI registry without TLS.
type Registry struct {
	server *http.Server
}

// Serve serves a registry on all listeners. It stores blobs in dir and
// manifests in memory. upstream enables Upstream. It logs requests to out.
func Serve(dir string, upstream bool, out io.Writer, listeners ...net.Listener) (*Registry, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("create registry folder: %w", err)
	}
	logger := log.New(out, "", log.LstdFlags)
	handler := registry.New(
		registry.WithBlobHandler(registry.NewDiskBlobHandler(dir)),
		registry.Logger(logger),
	)
	if upstream {
		handler = Upstream(handler)
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, ErrorLog: logger}
	for _, listener := range listeners {
		go func() {
			if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
				logger.Printf("stopped serving on %s: %v", listener.Addr(), err)
			}
		}()
	}
	return &Registry{server: server}, nil
}

// Close stops the registry.
func (r *Registry) Close(ctx context.Context) error { return r.server.Shutdown(ctx) }
