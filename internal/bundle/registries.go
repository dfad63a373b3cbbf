package bundle

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"oras.land/oras-go/v2/registry/remote"
	"oras.land/oras-go/v2/registry/remote/auth"
	"oras.land/oras-go/v2/registry/remote/credentials"
	"oras.land/oras-go/v2/registry/remote/retry"
)

// answerTime limits the wait for the header of a response. A registry that commits a
// large layer takes some seconds.
const answerTime = time.Minute

// Registries gives access to the registries of images.
type Registries struct {
	client    *auth.Client
	plainHTTP bool

	mu    sync.Mutex
	plain map[string]bool // the hosts that were asked for their protocol
}

// NewRegistries uses the logins in Docker's configuration. With plainHTTP, registries
// that do not support TLS are used without it; on loopback they always are.
func NewRegistries(plainHTTP bool) (*Registries, error) {
	logins, err := credentials.NewStoreFromDocker(credentials.StoreOptions{DetectDefaultNativeStore: true})
	if err != nil {
		return nil, fmt.Errorf("cannot read Docker's logins: %w. Fix or delete the file", err)
	}
	direct, _ := http.DefaultTransport.(*http.Transport)
	direct = direct.Clone()
	direct.ResponseHeaderTimeout = answerTime
	client := &auth.Client{Client: &http.Client{Transport: retry.NewTransport(direct)}, Cache: auth.NewCache(),
		Credential: credentials.Credential(logins)}
	client.SetUserAgent("zenml-installer")
	return &Registries{client: client, plainHTTP: plainHTTP, plain: map[string]bool{}}, nil
}

// repository returns a repository of a registry.
func (r *Registries) repository(ctx context.Context, name string) (*remote.Repository, error) {
	repository, err := remote.NewRepository(name)
	if err != nil {
		return nil, err
	}
	repository.Client = r.client
	repository.PlainHTTP = r.isPlain(ctx, repository.Reference.Registry)
	return repository, nil
}

// isPlain reports whether a registry is used without TLS.
func (r *Registries) isPlain(ctx context.Context, host string) bool {
	if !r.plainHTTP && !isLoopback(host) {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if plain, known := r.plain[host]; known {
		return plain
	}
	registry, err := remote.NewRegistry(host)
	if err != nil {
		return false
	}
	registry.Client = r.client
	r.plain[host] = isNoTLS(registry.Ping(ctx))
	return r.plain[host]
}

// isNoTLS reports whether a server answered something else than TLS.
func isNoTLS(err error) bool {
	var record tls.RecordHeaderError
	return errors.Is(err, http.ErrSchemeMismatch) || errors.As(err, &record)
}

func isLoopback(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
