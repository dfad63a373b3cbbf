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
	var digests []string
	for range 2 {
		folder := layoutOf(t, "v1", "amd64", "arm64")
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

// layoutOf writes an image with a stand-in for the program, and returns its folder.
func layoutOf(t *testing.T, tag string, architectures ...string) string {
	t.Helper()
	sources, folder := t.TempDir(), t.TempDir()
	program, certificates := filepath.Join(sources, "program"), filepath.Join(sources, "certificates")
	for _, path := range []string{program, certificates} {
		if err := os.WriteFile(path, []byte(filepath.Base(path)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var programs []string
	for _, architecture := range architectures {
		programs = append(programs, architecture+"="+program)
	}
	if err := write(t.Context(), folder, tag, certificates, programs); err != nil {
		t.Fatal(err)
	}
	return folder
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
	files := map[string]string{}
	for r := tar.NewReader(zip); ; {
		header, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if header.Typeflag == tar.TypeReg {
			files[header.Name] = string(text)
		}
	}
	if len(files) != 2 || files["zenml-installer"] != "program" || files[certificatesPath] != "certificates" {
		t.Errorf("the layer holds %v", files)
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
