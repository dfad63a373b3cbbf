// Package acme runs Pebble, Let's Encrypt's ACME test server, under the host
// names of Let's Encrypt, so that ClusterIssuers written for it work unchanged.
package acme

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"time"

	"github.com/letsencrypt/pebble/v2/ca"
	"github.com/letsencrypt/pebble/v2/db"
	"github.com/letsencrypt/pebble/v2/va"
	"github.com/letsencrypt/pebble/v2/wfe"
	"golang.org/x/sync/errgroup"
)

const (
	// Port is the HTTPS port of the ACME API.
	Port = 14000
	// RootPort is the HTTP port of RootPath.
	RootPort = 15000
	// RootPath serves the root certificate in PEM. Pebble creates a new one on
	// each start.
	RootPath = "/root"
)

// validity is how long issued certificates are valid, in seconds: 90 days.
const validity = 90 * 24 * 60 * 60

// Options configure the server.
type Options struct {
	// CertFile and KeyFile are the API's own certificate and key.
	CertFile, KeyFile string
	// LimitedZone is a domain for which every order exceeds a rate limit.
	LimitedZone string
	// BlockedDomain is a domain that the server's policy rejects.
	BlockedDomain string
}

// Run serves until ctx is done. Pebble itself reads its PEBBLE_ variables from
// the environment.
func Run(ctx context.Context, options Options, out *log.Logger) error {
	store := db.NewMemoryStore()
	if err := store.AddBlockedDomain(options.BlockedDomain); err != nil {
		return fmt.Errorf("block domain %s: %w", options.BlockedDomain, err)
	}
	authority := ca.New(out, store, "", "ecdsa", 0, 1, map[string]ca.Profile{
		"default": {Description: "the sandbox's certificates", ValidityPeriod: validity},
	})
	validation := va.New(out, 80, 443, false, "", store)
	frontend := wfe.New(out, store, validation, authority, []string{"letsencrypt.org"}, false, false, 1, 1)
	api := compatible(limited(options.LimitedZone, frontend.Handler()))
	root := http.NewServeMux()
	root.HandleFunc("GET "+RootPath, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write(authority.GetRootCert(0).PEM())
	})
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return serve(ctx, RootPort, root, "", "") })
	group.Go(func() error { return serve(ctx, Port, api, options.CertFile, options.KeyFile) })
	return group.Wait()
}

// compatible serves the directory at Let's Encrypt's path.
func compatible(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/directory" {
			r.URL.Path = wfe.DirectoryPath
		}
		next.ServeHTTP(w, r)
	})
}

// serve serves until ctx is done, over HTTPS if there is a certificate.
func serve(ctx context.Context, port int, handler http.Handler, certFile, keyFile string) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", fmt.Sprintf(":%d", port))
	if err != nil {
		return fmt.Errorf("listen on port %d: %w", port, err)
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	defer context.AfterFunc(ctx, func() { _ = server.Close() })()
	if certFile == "" {
		err = server.Serve(listener)
	} else {
		err = server.ServeTLS(listener, certFile, keyFile)
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return fmt.Errorf("serve port %d: %w", port, err)
}
