package testcluster

import (
	"archive/tar"
	"bytes"
	"io"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// CustomImage adds files to an image of the sandbox's registry, and pushes the result under another name.
func (c *Cluster) CustomImage(t testing.TB, image, custom string, files map[string]string) {
	t.Helper()
	content := layerOf(t, files)
	layer, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(content)), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	base, err := remote.Image(c.reference(t, image), remote.WithContext(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	made, err := mutate.AppendLayers(base, layer)
	if err != nil {
		t.Fatal(err)
	}
	if err := remote.Write(c.reference(t, custom), made, remote.WithContext(t.Context())); err != nil {
		t.Fatal(err)
	}
}

// reference names an image in the sandbox's registry, which speaks plain HTTP.
func (c *Cluster) reference(t testing.TB, image string) name.Reference {
	t.Helper()
	reference, err := name.ParseReference(c.Registry+"/"+image, name.Insecure)
	if err != nil {
		t.Fatal(err)
	}
	return reference
}

func layerOf(t testing.TB, files map[string]string) []byte {
	t.Helper()
	var content bytes.Buffer
	archive := tar.NewWriter(&content)
	for path, text := range files {
		header := &tar.Header{Name: path, Mode: 0o755, Size: int64(len(text)), Typeflag: tar.TypeReg}
		if err := archive.WriteHeader(header); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(archive, text); err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	return content.Bytes()
}
