package bundle

import (
	"errors"
	"reflect"
	"strings"
	"testing"
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
	for _, image := range []string{multi, single} {
		_, err := Resolve(t.Context(), newRegistries(t), request(t, []string{"linux/riscv64"}, image))
		if err == nil || !strings.Contains(err.Error(), "no image for linux/riscv64, only for linux/amd64") {
			t.Errorf("%s: %v", image, err)
		}
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
