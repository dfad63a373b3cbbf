package bundle

import (
	"context"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/validate"
)

// push pushes a bundle that must succeed, and returns the bytes that were transferred.
func push(t *testing.T, o *Opened, registry string) int64 {
	t.Helper()
	var moved int64
	err := o.Push(t.Context(), newRegistries(t), registry, func(e Event) {
		if e.Finished {
			moved += e.Moved
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return moved
}

// validateImage reads an image from a registry with another library.
func (r *testRegistry) validateImage(t *testing.T, image, digest string) {
	t.Helper()
	found, err := remote.Get(r.reference(t, image), remote.WithContext(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	if found.Digest.String() != digest {
		t.Errorf("%s has digest %s, want %s", image, found.Digest, digest)
	}
	if found.MediaType.IsIndex() {
		index, err := found.ImageIndex()
		if err == nil {
			err = validate.Index(index)
		}
		if err != nil {
			t.Error(err)
		}
		return
	}
	pulled, err := found.Image()
	if err == nil {
		err = validate.Image(pulled)
	}
	if err != nil {
		t.Error(err)
	}
}

func TestPush(t *testing.T) {
	from, to, dir := newTestRegistry(t), newTestRegistry(t), t.TempDir()
	server, index := from.pushIndex(t, "team/server:1", "linux/amd64", "linux/arm64", "linux/s390x")
	digest, err := index.Digest()
	if err != nil {
		t.Fatal(err)
	}
	fetch(t, resolve(t, nil, server, from.pushImage(t, "single:2"), from.host+"/team/server@"+digest.String()), dir)
	o := openBundle(t, dir)
	push(t, o, to.host+"/mirror")
	for _, image := range o.Images {
		path := strings.TrimPrefix(image.Name, from.host)
		to.validateImage(t, "mirror"+path, image.Digest.String())
		if found := o.Image(to.host+"/mirror"+path, to.host+"/mirror"); found == nil || found.Digest != image.Digest {
			t.Errorf("%s: %v", path, found)
		}
	}
	if moved := push(t, o, to.host+"/mirror"); moved != 0 {
		t.Errorf("%d bytes pushed again", moved)
	}
}

func TestPushInterrupted(t *testing.T) {
	from, to, dir := newTestRegistry(t), newTestRegistry(t), t.TempDir()
	fetch(t, resolve(t, nil, from.pushImage(t, "a:1"), from.pushImage(t, "b:1")), dir)
	o := openBundle(t, dir)
	ctx, cancel := context.WithCancel(t.Context())
	err := o.Push(ctx, newRegistries(t), to.host, func(e Event) {
		if e.Finished {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("%v", err)
	}
	if moved := push(t, o, to.host); moved != o.Images[1].Size {
		t.Errorf("%d bytes pushed, want %d", moved, o.Images[1].Size)
	}
}

// TestPushLogin uses the login in Docker's configuration.
func TestPushLogin(t *testing.T) {
	from, to, dir := newTestRegistry(t), newTestRegistry(t), t.TempDir()
	fetch(t, resolve(t, nil, from.pushImage(t, "a:1")), dir)
	o := openBundle(t, dir)
	to.user = "ops"
	err := o.Push(t.Context(), newRegistries(t), to.host, nil)
	var known *RegistryError
	if !errors.As(err, &known) || !strings.Contains(err.Error(), "docker login "+to.host) {
		t.Errorf("%v", err)
	}
	config := t.TempDir()
	t.Setenv("DOCKER_CONFIG", config)
	login := base64.StdEncoding.EncodeToString([]byte("ops:c4nary"))
	err = os.WriteFile(filepath.Join(config, "config.json"),
		[]byte(`{"auths": {"`+to.host+`": {"auth": "`+login+`"}}}`), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if moved := push(t, o, to.host); moved == 0 {
		t.Error("nothing was pushed")
	}
}
