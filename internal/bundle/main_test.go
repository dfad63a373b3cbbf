package bundle

import (
	"context"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

// TestMain gives the tests a configuration of Docker without logins.
func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "docker-")
	if err != nil {
		panic(err)
	}
	_ = os.Setenv("DOCKER_CONFIG", dir)
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// testRegistry is a registry without TLS on this machine.
type testRegistry struct {
	host string
	user string // who must log in; empty for nobody
}

func newTestRegistry(t *testing.T) *testRegistry {
	t.Helper()
	r := &testRegistry{}
	inner := registry.New(registry.Logger(log.New(io.Discard, "", 0)))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		if user, _, _ := request.BasicAuth(); user != r.user {
			w.Header().Set("WWW-Authenticate", `Basic realm="test"`)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		inner.ServeHTTP(w, request)
	}))
	t.Cleanup(server.Close)
	r.host = server.Listener.Addr().String()
	return r
}

func (r *testRegistry) reference(t *testing.T, image string) name.Reference {
	t.Helper()
	ref, err := name.ParseReference(r.host + "/" + image)
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

// pushIndex pushes an index with an image for each platform, and one that stands for an
// attestation. It returns its full name.
func (r *testRegistry) pushIndex(t *testing.T, image string, platforms ...string) (string, v1.ImageIndex) {
	t.Helper()
	index := v1.ImageIndex(empty.Index)
	for _, platform := range append(platforms, "unknown/unknown") {
		p, err := v1.ParsePlatform(platform)
		if err != nil {
			t.Fatal(err)
		}
		index = mutate.AppendManifests(index, mutate.IndexAddendum{Add: randomImage(t, p),
			Descriptor: v1.Descriptor{Platform: p}})
	}
	if err := remote.WriteIndex(r.reference(t, image), index, remote.WithContext(t.Context())); err != nil {
		t.Fatal(err)
	}
	return r.host + "/" + image, index
}

// pushImage pushes an image without an index, for linux/amd64.
func (r *testRegistry) pushImage(t *testing.T, image string) string {
	t.Helper()
	made := randomImage(t, &v1.Platform{OS: "linux", Architecture: "amd64"})
	if err := remote.Write(r.reference(t, image), made, remote.WithContext(t.Context())); err != nil {
		t.Fatal(err)
	}
	return r.host + "/" + image
}

func randomImage(t *testing.T, platform *v1.Platform) v1.Image {
	t.Helper()
	image, err := random.Image(2000, 2)
	if err != nil {
		t.Fatal(err)
	}
	config, err := image.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	config = config.DeepCopy()
	config.OS, config.Architecture, config.Variant = platform.OS, platform.Architecture, platform.Variant
	if image, err = mutate.ConfigFile(image, config); err != nil {
		t.Fatal(err)
	}
	return image
}

func newRegistries(t *testing.T) *Registries {
	t.Helper()
	r, err := NewRegistries(false)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// request asks for a chart that uses images.
func request(t *testing.T, platforms []string, images ...string) Request {
	t.Helper()
	p, err := ParsePlatforms(platforms)
	if err != nil {
		t.Fatal(err)
	}
	return Request{Installer: "1.0.0", Platforms: p, Archives: []Archive{{Chart: Chart{Name: "zenml", Version: "1.0.0"},
		Data: []byte("archive"), Images: images, Server: images[0]}}}
}

// resolve resolves images that must exist.
func resolve(t *testing.T, platforms []string, images ...string) *Plan {
	t.Helper()
	plan, err := Resolve(t.Context(), newRegistries(t), request(t, platforms, images...))
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// fetch fetches a bundle that must succeed, and returns the bytes that were transferred.
func fetch(t *testing.T, plan *Plan, dir string) int64 {
	t.Helper()
	var moved int64
	err := plan.Fetch(t.Context(), dir, map[string][]byte{AnswersFile: []byte("version: 1\n")}, func(e Event) {
		if e.Finished {
			moved += e.Moved
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return moved
}

func openBundle(t *testing.T, dir string) *Opened {
	t.Helper()
	o, err := Open(context.WithoutCancel(t.Context()), dir)
	if err != nil {
		t.Fatal(err)
	}
	return o
}
