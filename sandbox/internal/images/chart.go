package images

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/partial"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"sigs.k8s.io/yaml"
)

// Media types of a Helm chart in an OCI registry.
const (
	chartConfig types.MediaType = "application/vnd.cncf.helm.config.v1+json"
	chartLayer  types.MediaType = "application/vnd.cncf.helm.chart.content.v1.tar+gzip"
)

// ChartArtifact returns a packaged chart (.tgz) in Helm's format for OCI
// registries: the metadata is the configuration, the archive the only layer.
func ChartArtifact(archive []byte) (v1.Image, error) {
	metadata, err := chartMetadata(archive)
	if err != nil {
		return nil, err
	}
	base := mutate.MediaType(empty.Image, types.OCIManifestSchema1)
	image, err := mutate.Append(
		base,
		mutate.Addendum{Layer: static.NewLayer(archive, chartLayer), MediaType: chartLayer},
	)
	if err != nil {
		return nil, fmt.Errorf("wrap chart: %w", err)
	}
	return &artifact{Image: image, config: metadata}, nil
}

// artifact is an image with a chart's metadata as its configuration.
type artifact struct {
	v1.Image
	config []byte
}

func (a *artifact) RawConfigFile() ([]byte, error) { return a.config, nil }
func (a *artifact) ConfigName() (v1.Hash, error)   { return partial.ConfigName(a) }
func (a *artifact) Digest() (v1.Hash, error)       { return partial.Digest(a) }
func (a *artifact) Size() (int64, error)           { return partial.Size(a) }
func (a *artifact) RawManifest() ([]byte, error)   { return partial.RawManifest(a) }
func (a *artifact) ConfigLayer() (v1.Layer, error) {
	return static.NewLayer(a.config, chartConfig), nil
}
func (a *artifact) ConfigFile() (*v1.ConfigFile, error) {
	return nil, errors.New("a chart has no image configuration")
}

// Manifest implements v1.Image with the chart's metadata as its configuration.
func (a *artifact) Manifest() (*v1.Manifest, error) {
	manifest, err := a.Image.Manifest()
	if err != nil {
		return nil, err
	}
	manifest = manifest.DeepCopy()
	digest, size, err := v1.SHA256(bytes.NewReader(a.config))
	if err != nil {
		return nil, err
	}
	manifest.Config = v1.Descriptor{MediaType: chartConfig, Digest: digest, Size: size}
	return manifest, nil
}

// chartMetadata returns the chart's Chart.yaml as JSON.
func chartMetadata(archive []byte) ([]byte, error) {
	unzipped, err := gzip.NewReader(bytes.NewReader(archive))
	if err != nil {
		return nil, fmt.Errorf("open chart archive: %w", err)
	}
	files := tar.NewReader(unzipped)
	for {
		header, err := files.Next()
		if err != nil {
			return nil, fmt.Errorf("find Chart.yaml in the chart archive: %w", err)
		}
		if _, file, _ := strings.Cut(header.Name, "/"); file != "Chart.yaml" {
			continue
		}
		data, err := io.ReadAll(files)
		if err != nil {
			return nil, fmt.Errorf("read Chart.yaml: %w", err)
		}
		metadata, err := yaml.YAMLToJSON(data)
		if err != nil || !json.Valid(metadata) {
			return nil, fmt.Errorf("read Chart.yaml: %w", err)
		}
		return metadata, nil
	}
}
