package main

import (
	"archive/tar"
	"bytes"
	"cmp"
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

// certificatesPath is where Go programs find the CA certificates.
const certificatesPath = "etc/ssl/certs/ca-certificates.crt"

// write writes an image index with an image for each program. Equal programs and CA
// certificates give equal bytes.
func write(ctx context.Context, folder, tag, certificates string, programs []string) error {
	store, err := oci.New(folder)
	if err != nil {
		return err
	}
	trusted, err := os.ReadFile(certificates) //nolint:gosec // the caller names the file
	if err != nil {
		return err
	}
	index := ocispec.Index{Versioned: specs.Versioned{SchemaVersion: 2}, MediaType: ocispec.MediaTypeImageIndex,
		Annotations: labels(tag)}
	for _, each := range programs {
		architecture, path, found := strings.Cut(each, "=")
		if !found {
			return fmt.Errorf("%s is not ARCHITECTURE=PROGRAM", each)
		}
		program, err := os.ReadFile(path) //nolint:gosec // as above
		if err != nil {
			return err
		}
		manifest, err := image(ctx, store, architecture, tag, map[string][]byte{
			certificatesPath: trusted, "zenml-installer": program})
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

// labels describe the image. With the source, a registry of GitHub shows the image beside
// the repository.
func labels(tag string) map[string]string {
	return map[string]string{
		ocispec.AnnotationTitle:    "zenml-installer",
		ocispec.AnnotationSource:   "https://github.com/zenml-installer/zenml-installer",
		ocispec.AnnotationVersion:  tag,
		ocispec.AnnotationLicenses: "Apache-2.0",
	}
}

// image pushes the image of one architecture.
func image(ctx context.Context, store *oci.Store, architecture, tag string, files map[string][]byte) (
	ocispec.Descriptor, error) {
	uncompressed, err := archive(files)
	if err != nil {
		return ocispec.Descriptor{}, err
	}
	compressed, err := compress(uncompressed)
	if err != nil {
		return ocispec.Descriptor{}, err
	}
	layer, err := push(ctx, store, ocispec.MediaTypeImageLayerGzip, compressed)
	if err != nil {
		return ocispec.Descriptor{}, err
	}
	platform := ocispec.Platform{OS: "linux", Architecture: architecture}
	config, err := pushJSON(ctx, store, ocispec.MediaTypeImageConfig, ocispec.Image{
		Platform: platform,
		Config: ocispec.ImageConfig{User: nobody, Entrypoint: []string{"/zenml-installer"},
			Env: []string{"HOME=/tmp"}, Labels: labels(tag)},
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

// archive returns the layer: the files and their folders, and a folder for temporary files.
func archive(files map[string][]byte) ([]byte, error) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	headers := []tar.Header{{Name: "tmp/", Mode: 0o1777}, {Name: "etc/"}, {Name: "etc/ssl/"}, {Name: "etc/ssl/certs/"},
		{Name: certificatesPath, Mode: 0o644}, {Name: "zenml-installer"}}
	for _, header := range headers {
		content := files[header.Name]
		header.Mode, header.Size = cmp.Or(header.Mode, 0o755), int64(len(content))
		if err := w.WriteHeader(&header); err != nil {
			return nil, err
		}
		if _, err := w.Write(content); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func compress(content []byte) ([]byte, error) {
	var compressed bytes.Buffer
	zip := gzip.NewWriter(&compressed)
	if _, err := zip.Write(content); err != nil {
		return nil, err
	}
	if err := zip.Close(); err != nil {
		return nil, err
	}
	return compressed.Bytes(), nil
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
