package bundle

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

func TestResolvePlatforms(t *testing.T) {
	r := newTestRegistry(t)
	multi, index := r.pushIndex(t, "team/server:1", "linux/amd64", "linux/arm64/v8", "linux/s390x")
	whole, err := index.Digest()
	if err != nil {
		t.Fatal(err)
	}
	single := r.pushImage(t, "team/single:1")
	for _, c := range []struct {
		name      string
		image     string
		platforms []string
		want      []string
		unchanged bool
	}{
		{"default", multi, nil, []string{"linux/amd64", "linux/arm64/v8"}, false},
		{"chosen", multi, []string{"linux/s390x"}, []string{"linux/s390x"}, false},
		{"a digest keeps the whole index", r.host + "/team/server@" + whole.String(), []string{"linux/amd64"},
			[]string{"linux/amd64", "linux/arm64/v8", "linux/s390x"}, true},
		{"no index", single, nil, []string{"linux/amd64"}, false},
	} {
		got := resolve(t, c.platforms, c.image).Images[0]
		if !reflect.DeepEqual(got.Platforms, c.want) || (got.Digest.String() == whole.String()) != c.unchanged {
			t.Errorf("%s: %q, digest %s", c.name, got.Platforms, got.Digest)
		}
	}
	pinned := r.host + "/team/server@" + whole.String()
	for _, image := range []string{multi, pinned, single} {
		_, err := Resolve(t.Context(), newRegistries(t), request(t, []string{"linux/riscv64"}, image))
		if err == nil || !strings.Contains(err.Error(), "no image for linux/riscv64, only for linux/amd64") {
			t.Errorf("%s: %v", image, err)
		}
	}
}

// TestResolveRequiresEveryPlatform chooses two platforms, of which an image has one.
func TestResolveRequiresEveryPlatform(t *testing.T) {
	r := newTestRegistry(t)
	chosen := request(t, []string{"linux/amd64", "linux/arm64"}, r.pushImage(t, "single:1"))
	_, err := Resolve(t.Context(), newRegistries(t), chosen)
	if err == nil || !strings.Contains(err.Error(), "no image for linux/arm64, only for linux/amd64") {
		t.Errorf("%v", err)
	}
}

// TestResolveReadsConfigurations resolves an index that does not name the platforms.
func TestResolveReadsConfigurations(t *testing.T) {
	r := newTestRegistry(t)
	index := v1.ImageIndex(empty.Index)
	for _, architecture := range []string{"amd64", "s390x"} {
		image := randomImage(t, &v1.Platform{OS: "linux", Architecture: architecture})
		index = mutate.AppendManifests(index, mutate.IndexAddendum{Add: image})
	}
	if err := remote.WriteIndex(r.reference(t, "server:1"), index, remote.WithContext(t.Context())); err != nil {
		t.Fatal(err)
	}
	image := resolve(t, []string{"linux/s390x"}, r.host+"/server:1").Images[0]
	if !reflect.DeepEqual(image.Platforms, []string{"linux/s390x"}) {
		t.Errorf("%q", image.Platforms)
	}
}

func TestResolveMissing(t *testing.T) {
	r := newTestRegistry(t)
	_, err := Resolve(t.Context(), newRegistries(t), request(t, nil, r.host+"/none:1"))
	var known *RegistryError
	if !errors.As(err, &known) || known.Reason != "the image does not exist" || known.Push {
		t.Errorf("%v", err)
	}
}
