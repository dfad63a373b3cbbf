package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2/content"
	"oras.land/oras-go/v2/content/oci"
)

func TestImageHoldsOnlyTheProgramAndIsReproducible(t *testing.T) {
	ctx := context.Background()
	program := filepath.Join(t.TempDir(), "program")
	if err := os.WriteFile(program, []byte("program"), 0o755); err != nil {
		t.Fatal(err)
	}
	var digests []string
	for range 2 {
		folder := t.TempDir()
		if err := write(ctx, folder, "v1", []string{"amd64=" + program, "arm64=" + program}); err != nil {
			t.Fatal(err)
		}
		store, err := oci.New(folder)
		if err != nil {
			t.Fatal(err)
		}
		root, err := store.Resolve(ctx, "v1")
		if err != nil {
			t.Fatal(err)
		}
		digests = append(digests, root.Digest.String())
		var index ocispec.Index
		fetch(t, store, root, &index)
		if len(index.Manifests) != 2 || index.Manifests[1].Platform.Architecture != "arm64" {
			t.Fatalf("%+v", index.Manifests)
		}
		requireImage(t, store, index.Manifests[0])
	}
	if digests[0] != digests[1] {
		t.Errorf("two builds differ: %v", digests)
	}
}

// requireImage checks the config and the layer of an image.
func requireImage(t *testing.T, store *oci.Store, at ocispec.Descriptor) {
	t.Helper()
	var manifest ocispec.Manifest
	fetch(t, store, at, &manifest)
	var config ocispec.Image
	fetch(t, store, manifest.Config, &config)
	if config.Config.User != nobody || config.Config.Entrypoint[0] != "/zenml-installer" {
		t.Errorf("%+v", config.Config)
	}
	data, err := content.FetchAll(context.Background(), store, manifest.Layers[0])
	if err != nil {
		t.Fatal(err)
	}
	zip, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for r := tar.NewReader(zip); ; {
		header, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, header.Name)
	}
	if len(names) != 2 || names[1] != "zenml-installer" {
		t.Errorf("the layer holds %v", names)
	}
}

func fetch(t *testing.T, store *oci.Store, at ocispec.Descriptor, into any) {
	t.Helper()
	data, err := content.FetchAll(context.Background(), store, at)
	if err == nil {
		err = json.Unmarshal(data, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}
