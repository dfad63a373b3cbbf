// Package images builds the images and chart artifacts of a sandbox's registry.
package images

import (
	"archive/tar"
	"bytes"
	"context"
	"fmt"
	"os"
	"runtime"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// Repositories in the sandbox's registry.
const (
	// ServerRepository is the repository of the charts' default image.
	ServerRepository = "zenmldocker/zenml-server"
	// RealRepository contains the images of real servers whose published name a
	// stand-in uses.
	RealRepository = "zenml-sandbox/zenml-server"
	// PauseRepository contains the image of the pods' infrastructure container.
	PauseRepository = "zenml-sandbox/pause"
	// PauseTag is the only tag of PauseRepository.
	PauseTag = "1"
)

// user is the user and group of the server's image.
const user = 1000

// builtAt is the creation time of everything in the images: equal content, equal digests.
var builtAt = time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)

// Builder makes images from one static binary.
type Builder struct{ layer v1.Layer }

// NewBuilder reads the stand-in server's binary at path.
func NewBuilder(path string) (*Builder, error) {
	binary, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the stand-in server: %w", err)
	}
	files, err := archive(binary)
	if err != nil {
		return nil, fmt.Errorf("pack the stand-in server: %w", err)
	}
	return &Builder{layer: static.NewLayer(files, types.OCIUncompressedLayer)}, nil
}

// Server returns the server's image.
func (b *Builder) Server(version string) (v1.Image, error) {
	return b.image(v1.Config{
		User:         fmt.Sprint(user),
		Env:          []string{"PATH=/usr/local/bin", "HOME=/zenml"},
		Entrypoint:   []string{"zenml"},
		Cmd:          []string{"server"},
		WorkingDir:   "/zenml",
		ExposedPorts: map[string]struct{}{"8080/tcp": {}},
		Labels:       map[string]string{"org.opencontainers.image.version": version},
	})
}

// Pause returns the image of the pods' infrastructure container.
func (b *Builder) Pause() (v1.Image, error) {
	return b.image(v1.Config{
		User:       "65535:65535",
		Env:        []string{"PATH=/usr/local/bin"},
		Entrypoint: []string{"/usr/local/bin/zenml", "pause"},
	})
}

func (b *Builder) image(config v1.Config) (v1.Image, error) {
	base := mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), types.OCIConfigJSON)
	image, err := mutate.Append(
		base,
		mutate.Addendum{Layer: b.layer, History: v1.History{Created: v1.Time{Time: builtAt}}},
	)
	if err != nil {
		return nil, fmt.Errorf("build image: %w", err)
	}
	file, err := image.ConfigFile()
	if err != nil {
		return nil, fmt.Errorf("build image: %w", err)
	}
	file = file.DeepCopy()
	file.OS, file.Architecture, file.Created, file.Config = "linux", runtime.GOARCH, v1.Time{Time: builtAt}, config
	image, err = mutate.ConfigFile(image, file)
	if err != nil {
		return nil, fmt.Errorf("build image: %w", err)
	}
	return image, nil
}

// Push stores an image in the registry at host:port under repository:tag.
func Push(ctx context.Context, registry, repository, tag string, image v1.Image) error {
	ref, err := name.NewTag(registry+"/"+repository+":"+tag, name.Insecure)
	if err != nil {
		return fmt.Errorf("push %s:%s: %w", repository, tag, err)
	}
	if err := remote.Write(ref, image, remote.WithContext(ctx)); err != nil {
		return fmt.Errorf("push %s:%s: %w", repository, tag, err)
	}
	return nil
}

// archive returns the image's only layer: the binary under three names, and the
// folders that the server writes to.
func archive(binary []byte) ([]byte, error) {
	passwd := fmt.Sprintf("root:x:0:0::/:/\nzenml:x:%d:%d::/zenml:/\n", user, user)
	entries := []struct {
		header tar.Header
		data   []byte
	}{
		{header: tar.Header{Name: "etc/", Typeflag: tar.TypeDir, Mode: 0o755}},
		{header: tar.Header{Name: "etc/passwd", Mode: 0o644}, data: []byte(passwd)},
		{header: tar.Header{Name: "tmp/", Typeflag: tar.TypeDir, Mode: 0o1777}},
		{header: tar.Header{Name: "usr/", Typeflag: tar.TypeDir, Mode: 0o755}},
		{header: tar.Header{Name: "usr/local/", Typeflag: tar.TypeDir, Mode: 0o755}},
		{header: tar.Header{Name: "usr/local/bin/", Typeflag: tar.TypeDir, Mode: 0o755}},
		{header: tar.Header{Name: "usr/local/bin/zenml", Mode: 0o755}, data: binary},
		{header: tar.Header{Name: "usr/local/bin/sleep", Typeflag: tar.TypeSymlink, Linkname: "zenml", Mode: 0o777}},
		{header: tar.Header{Name: "usr/local/bin/python3", Typeflag: tar.TypeSymlink, Linkname: "zenml", Mode: 0o777}},
		{header: tar.Header{Name: "zenml/", Typeflag: tar.TypeDir, Mode: 0o755, Uid: user, Gid: user}},
	}
	var out bytes.Buffer
	writer := tar.NewWriter(&out)
	for _, entry := range entries {
		header := entry.header
		header.Size, header.ModTime = int64(len(entry.data)), builtAt
		if err := writer.WriteHeader(&header); err != nil {
			return nil, err
		}
		if _, err := writer.Write(entry.data); err != nil {
			return nil, err
		}
	}
	if err := writer.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
