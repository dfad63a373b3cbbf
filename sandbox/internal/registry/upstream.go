package registry

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
)

// readPath matches the path of a node's requests.
var readPath = regexp.MustCompile(`^/v2/(.+)/(manifests|blobs)/([^/]+)$`)

// Upstream serves what local lacks from the registry in the image's name, which
// containerd sends in the query parameter ns.
func Upstream(local http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := readPath.FindStringSubmatch(r.URL.Path)
		origin := r.URL.Query().Get("ns")
		reads := r.Method == http.MethodGet || r.Method == http.MethodHead
		if path == nil || origin == "" || !reads || has(local, r) {
			local.ServeHTTP(w, r)
			return
		}
		serve := manifest
		if path[2] == "blobs" {
			serve = blob
		}
		if err := serve(w, r, origin+"/"+path[1], path[3]); err != nil {
			http.Error(w, err.Error(), statusOf(err))
		}
	})
}

// has reports whether the registry can serve r.
func has(local http.Handler, r *http.Request) bool {
	head := r.Clone(r.Context())
	head.Method = http.MethodHead
	answer := &statusOnly{header: http.Header{}, status: http.StatusOK}
	local.ServeHTTP(answer, head)
	return answer.status != http.StatusNotFound
}

// statusOnly is a response writer that keeps only the status.
type statusOnly struct {
	header http.Header
	status int
}

func (s *statusOnly) Header() http.Header            { return s.header }
func (s *statusOnly) WriteHeader(status int)         { s.status = status }
func (s *statusOnly) Write(data []byte) (int, error) { return len(data), nil }

func manifest(w http.ResponseWriter, r *http.Request, repository, reference string) error {
	ref, err := parse(repository, reference)
	if err != nil {
		return err
	}
	found, err := remote.Get(ref, remote.WithContext(r.Context()))
	if err != nil {
		return fmt.Errorf("ask for %s: %w", ref, err)
	}
	w.Header().Set("Content-Type", string(found.MediaType))
	w.Header().Set("Docker-Content-Digest", found.Digest.String())
	w.Header().Set("Content-Length", fmt.Sprint(found.Size))
	if r.Method == http.MethodGet {
		_, _ = w.Write(found.Manifest) //nolint:gosec // not shown in a browser
	}
	return nil
}

func blob(w http.ResponseWriter, r *http.Request, repository, digest string) error {
	ref, err := name.NewDigest(repository + "@" + digest)
	if err != nil {
		return err
	}
	layer, err := remote.Layer(ref, remote.WithContext(r.Context()))
	if err != nil {
		return fmt.Errorf("ask for %s: %w", ref, err)
	}
	size, err := layer.Size()
	if err != nil {
		return fmt.Errorf("ask for %s: %w", ref, err)
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Docker-Content-Digest", digest)
	w.Header().Set("Content-Length", fmt.Sprint(size))
	if r.Method == http.MethodHead {
		return nil
	}
	content, err := layer.Compressed()
	if err != nil {
		return fmt.Errorf("ask for %s: %w", ref, err)
	}
	defer func() { _ = content.Close() }()
	_, _ = io.Copy(w, content) // the node verifies the digest
	return nil
}

func parse(repository, reference string) (name.Reference, error) {
	if digest, err := name.NewDigest(repository + "@" + reference); err == nil {
		return digest, nil
	}
	return name.NewTag(repository + ":" + reference)
}

// statusOf returns the status of the upstream registry.
func statusOf(err error) int {
	var answered *transport.Error
	if errors.As(err, &answered) {
		return answered.StatusCode
	}
	return http.StatusBadGateway
}

// Exists returns nil if the image exists in the registry in its name.
func Exists(ctx context.Context, image name.Reference) error {
	if _, err := remote.Head(image, remote.WithContext(ctx)); err != nil {
		return fmt.Errorf("failed to pull %s: %w", image, err)
	}
	return nil
}
