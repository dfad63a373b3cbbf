package registry

import (
	"context"
	"io"
	"net"
	"net/http"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

func start(t *testing.T, upstream bool) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	registry, err := Serve(t.TempDir(), upstream, io.Discard, listener)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = registry.Close(context.WithoutCancel(t.Context())) })
	return listener.Addr().String()
}

// TestUpstream pulls the parts of an image, like a node, from a registry that
// only has them upstream.
func TestUpstream(t *testing.T) {
	origin := start(t, false)
	ref, err := name.NewTag(origin + "/some/image:1")
	if err != nil {
		t.Fatal(err)
	}
	image, err := random.Image(1000, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := remote.Write(ref, image); err != nil {
		t.Fatal(err)
	}
	layers, err := image.Layers()
	if err != nil {
		t.Fatal(err)
	}
	layer, err := layers[0].Digest()
	if err != nil {
		t.Fatal(err)
	}
	digest, err := image.Digest()
	if err != nil {
		t.Fatal(err)
	}
	through, closed := start(t, true), start(t, false)
	for _, path := range []string{"manifests/1", "manifests/" + digest.String(), "blobs/" + layer.String()} {
		want := status(t, origin, path, "")
		for _, method := range []string{http.MethodHead, http.MethodGet} {
			if got := ask(t, method, through, path, origin); got != want {
				t.Errorf("%s %s through the sandbox: %+v, want %+v", method, path, got, want)
			}
		}
		if got := status(t, closed, path, origin); got.code != http.StatusNotFound {
			t.Errorf("%s from a sandbox without upstream: %+v", path, got)
		}
	}
	if got := status(t, through, "manifests/2", origin); got.code != http.StatusNotFound {
		t.Errorf("a tag that is nowhere: %+v", got)
	}
	if got := status(t, through, "manifests/1", "127.0.0.1:1"); got.code != http.StatusBadGateway {
		t.Errorf("an upstream that does not answer: %+v", got)
	}
}

type answer struct {
	code                 int
	kind, digest, length string
}

func status(t *testing.T, host, path, origin string) answer {
	t.Helper()
	return ask(t, http.MethodGet, host, path, origin)
}

func ask(t *testing.T, method, host, path, origin string) answer {
	t.Helper()
	url := "http://" + host + "/v2/some/image/" + path
	if origin != "" {
		url += "?ns=" + origin
	}
	request, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		t.Fatal(err)
	}
	kind := response.Header.Get("Content-Type")
	if path[0] == 'b' {
		kind = ""
	}
	return answer{
		response.StatusCode,
		kind,
		response.Header.Get("Docker-Content-Digest"),
		response.Header.Get("Content-Length"),
	}
}
