// Command image writes the container image for CI jobs as an OCI layout: the program
// alone, without a shell, run by a user that is not root.
package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	_ "crypto/sha256" // the algorithm of the digests
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/opencontainers/go-digest"
	"github.com/opencontainers/image-spec/specs-go"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2/content/oci"
)

// nobody is the user that distroless images use, too.
const nobody = "65532:65532"

func main() {
	if len(os.Args) < 4 {
		fmt.Fprintln(os.Stderr, "usage: image FOLDER TAG ARCHITECTURE=PROGRAM…")
		os.Exit(2)
	}
	if err := write(context.Background(), os.Args[1], os.Args[2], os.Args[3:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// write writes an image index with an image for each program. Equal programs give equal
// bytes.
func write(ctx context.Context, folder, tag string, programs []string) error {
	store, err := oci.New(folder)
	if err != nil {
		return err
	}
	index := ocispec.Index{Versioned: specs.Versioned{SchemaVersion: 2}, MediaType: ocispec.MediaTypeImageIndex}
	for _, each := range programs {
		architecture, path, found := strings.Cut(each, "=")
		if !found {
			return fmt.Errorf("%s is not ARCHITECTURE=PROGRAM", each)
		}
		manifest, err := image(ctx, store, architecture, path)
		if err != nil {
			return fmt.Errorf("%s: %w", architecture, err)
		}
		index.Manifests = append(index.Manifests, manifest)
	}
	descriptor, err := pushJSON(ctx, store, ocispec.MediaTypeImageIndex, index)
	if err != nil {
		return err
	}
	return store.Tag(ctx, descriptor, tag)
}

// image pushes the image of one architecture.
func image(ctx context.Context, store *oci.Store, architecture, path string) (ocispec.Descriptor, error) {
	program, err := os.ReadFile(path) //nolint:gosec // the caller names the file
	if err != nil {
		return ocispec.Descriptor{}, err
	}
	uncompressed, err := archive(program)
	if err != nil {
		return ocispec.Descriptor{}, err
	}
	var compressed bytes.Buffer
	zip := gzip.NewWriter(&compressed)
	if _, err := zip.Write(uncompressed); err != nil {
		return ocispec.Descriptor{}, err
	}
	if err := zip.Close(); err != nil {
		return ocispec.Descriptor{}, err
	}
	layer, err := push(ctx, store, ocispec.MediaTypeImageLayerGzip, compressed.Bytes())
	if err != nil {
		return ocispec.Descriptor{}, err
	}
	platform := ocispec.Platform{OS: "linux", Architecture: architecture}
	config, err := pushJSON(ctx, store, ocispec.MediaTypeImageConfig, ocispec.Image{
		Platform: platform,
		Config: ocispec.ImageConfig{User: nobody, Entrypoint: []string{"/zenml-installer"},
			Env: []string{"HOME=/tmp"}},
		RootFS: ocispec.RootFS{Type: "layers", DiffIDs: []digest.Digest{digest.FromBytes(uncompressed)}},
	})
	if err != nil {
		return ocispec.Descriptor{}, err
	}
	manifest, err := pushJSON(ctx, store, ocispec.MediaTypeImageManifest, ocispec.Manifest{
		Versioned: specs.Versioned{SchemaVersion: 2}, MediaType: ocispec.MediaTypeImageManifest,
		Config: config, Layers: []ocispec.Descriptor{layer},
	})
	manifest.Platform = &platform
	return manifest, err
}

// archive returns the layer: the program, and a folder for temporary files.
func archive(program []byte) ([]byte, error) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, header := range []tar.Header{
		{Name: "tmp/", Typeflag: tar.TypeDir, Mode: 0o1777},
		{Name: "zenml-installer", Typeflag: tar.TypeReg, Mode: 0o755, Size: int64(len(program))},
	} {
		if err := w.WriteHeader(&header); err != nil {
			return nil, err
		}
	}
	if _, err := w.Write(program); err != nil {
		return nil, err
	}
	return b.Bytes(), w.Close()
}

func pushJSON(ctx context.Context, store *oci.Store, mediaType string, value any) (ocispec.Descriptor, error) {
	data, err := json.Marshal(value)
	if err != nil {
		return ocispec.Descriptor{}, err
	}
	return push(ctx, store, mediaType, data)
}

func push(ctx context.Context, store *oci.Store, mediaType string, data []byte) (ocispec.Descriptor, error) {
	d := ocispec.Descriptor{MediaType: mediaType, Digest: digest.FromBytes(data), Size: int64(len(data))}
	known, err := store.Exists(ctx, d)
	if err != nil || known {
		return d, err
	}
	return d, store.Push(ctx, d, bytes.NewReader(data))
}
