package images

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"log"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"github.com/zenml-installer/zenml-installer/sandbox/charts"
)

// newRegistry serves an empty registry and returns its host:port.
func newRegistry(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(registry.New(registry.Logger(log.New(io.Discard, "", 0))))
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://")
}

func newBuilder(t *testing.T, binary string) *Builder {
	t.Helper()
	path := filepath.Join(t.TempDir(), "zenml")
	if err := os.WriteFile(path, []byte(binary), 0o600); err != nil {
		t.Fatal(err)
	}
	builder, err := NewBuilder(path)
	if err != nil {
		t.Fatal(err)
	}
	return builder
}

func TestServerImage(t *testing.T) {
	host := newRegistry(t)
	image, err := newBuilder(t, "the binary").Server("1.2.3")
	if err != nil {
		t.Fatal(err)
	}
	if err := Push(t.Context(), host, ServerRepository, "1.2.3", image); err != nil {
		t.Fatal(err)
	}
	pulled := pull(t, host+"/"+ServerRepository+":1.2.3")
	config, err := pulled.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	if config.OS != "linux" || config.Config.User != "1000" ||
		strings.Join(append(config.Config.Entrypoint, config.Config.Cmd...), " ") != "zenml server" {
		t.Errorf("config %+v", config)
	}
	layers, err := pulled.Layers()
	if err != nil || len(layers) != 1 {
		t.Fatalf("layers %v, %v", layers, err)
	}
	if digest, err := layers[0].Digest(); err != nil || len(config.RootFS.DiffIDs) != 1 ||
		config.RootFS.DiffIDs[0] != digest {
		t.Errorf(
			"layer %s is listed as %v (%v): it is not compressed, both must be the same",
			digest,
			config.RootFS.DiffIDs,
			err,
		)
	}
	files := filesOf(t, pulled)
	if string(files["usr/local/bin/zenml"].data) != "the binary" || files["usr/local/bin/zenml"].Mode != 0o755 {
		t.Errorf("binary %+v", files["usr/local/bin/zenml"].Header)
	}
	if files["usr/local/bin/sleep"].Linkname != "zenml" {
		t.Errorf("sleep %+v", files["usr/local/bin/sleep"].Header)
	}
	if files["zenml/"].Uid != 1000 || files["tmp/"].Mode != 0o1777 {
		t.Errorf("folders %+v %+v", files["zenml/"].Header, files["tmp/"].Header)
	}
}

func TestImagesAreReproducible(t *testing.T) {
	first, err := newBuilder(t, "x").Pause()
	if err != nil {
		t.Fatal(err)
	}
	second, err := newBuilder(t, "x").Pause()
	if err != nil {
		t.Fatal(err)
	}
	left, leftErr := first.Digest()
	right, rightErr := second.Digest()
	if err := errors.Join(leftErr, rightErr); err != nil || left != right {
		t.Errorf("digests %s and %s (%v)", left, right, err)
	}
}

func TestChartArtifact(t *testing.T) {
	host := newRegistry(t)
	archives, err := charts.Archives()
	if err != nil {
		t.Fatal(err)
	}
	for _, archive := range archives {
		artifact, err := ChartArtifact(archive.Data)
		if err != nil {
			t.Fatal(err)
		}
		if err := Push(t.Context(), host, "zenml/zenml", archive.Version, artifact); err != nil {
			t.Fatal(err)
		}
		checkChart(t, pull(t, host+"/zenml/zenml:"+archive.Version), archive)
	}
}

func checkChart(t *testing.T, pulled v1.Image, archive charts.Archive) {
	t.Helper()
	manifest, err := pulled.Manifest()
	if err != nil {
		t.Fatal(err)
	}
	if manifest.Config.MediaType != chartConfig || len(manifest.Layers) != 1 ||
		manifest.Layers[0].MediaType != chartLayer {
		t.Fatalf("manifest %+v", manifest)
	}
	var metadata struct{ Name, Version, AppVersion string }
	config, err := pulled.RawConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(config, &metadata); err != nil {
		t.Fatal(err)
	}
	if metadata.Name != archive.Name || metadata.Version != archive.Version ||
		metadata.AppVersion != archive.AppVersion {
		t.Errorf("metadata %+v of chart %s %s", metadata, archive.Name, archive.Version)
	}
	layer, err := pulled.LayerByDigest(manifest.Layers[0].Digest)
	if err != nil {
		t.Fatal(err)
	}
	content, err := layer.Compressed()
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(content)
	if err != nil || !bytes.Equal(data, archive.Data) {
		t.Errorf("the layer is not the archive (%v)", err)
	}
}

func TestChartArtifactRefusesGarbage(t *testing.T) {
	if _, err := ChartArtifact([]byte("no archive")); err == nil {
		t.Error("garbage became a chart")
	}
}

func pull(t *testing.T, reference string) v1.Image {
	t.Helper()
	ref, err := name.ParseReference(reference, name.Insecure)
	if err != nil {
		t.Fatal(err)
	}
	image, err := remote.Image(ref, remote.WithContext(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	return image
}

type entry struct {
	*tar.Header
	data []byte
}

// filesOf reads the only layer of an image.
func filesOf(t *testing.T, image v1.Image) map[string]entry {
	t.Helper()
	layers, err := image.Layers()
	if err != nil || len(layers) != 1 {
		t.Fatalf("layers %v, %v", layers, err)
	}
	content, err := layers[0].Uncompressed()
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]entry{}
	archive := tar.NewReader(content)
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(archive)
		if err != nil {
			t.Fatal(err)
		}
		files[header.Name] = entry{header, data}
	}
}
