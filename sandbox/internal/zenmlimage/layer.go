package zenmlimage

import (
	"archive/tar"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/klauspost/compress/zstd"
)

// Layer is an image layer in a cached file. It implements v1.Layer.
type Layer struct {
	Path   string  `json:"path"`
	Sum    v1.Hash `json:"digest"`
	Diff   v1.Hash `json:"diffID"`
	Length int64   `json:"size"`
}

// Names of a layer's files in its folder.
const (
	layerFile   = "layer.tar.zst"
	layerRecord = "layer.json"
)

// writeLayer writes the archive of fill as a layer to dir.
func writeLayer(dir string, fill func(*tar.Writer) error) error {
	layer, err := compressLayer(filepath.Join(dir, layerFile), fill)
	if err != nil {
		return fmt.Errorf("write image layer: %w", err)
	}
	data, err := json.Marshal(layer)
	if err != nil {
		return fmt.Errorf("write image layer: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, layerRecord), data, 0o600); err != nil {
		return fmt.Errorf("write image layer: %w", err)
	}
	return nil
}

// compressLayer writes the layer to path and computes both of its digests.
func compressLayer(path string, fill func(*tar.Writer) error) (Layer, error) {
	file, err := os.Create(path) //nolint:gosec // a path in the cache
	if err != nil {
		return Layer{}, err
	}
	defer func() { _ = file.Close() }()
	compressed := newHashWriter(file)
	compressor, err := zstd.NewWriter(compressed, zstd.WithEncoderLevel(zstd.SpeedDefault))
	if err != nil {
		return Layer{}, err
	}
	plain := newHashWriter(compressor)
	archive := tar.NewWriter(plain)
	for _, step := range []func() error{func() error { return fill(archive) }, archive.Close, compressor.Close, file.Close} {
		if err := step(); err != nil {
			return Layer{}, err
		}
	}
	return Layer{Path: path, Sum: compressed.sum(), Diff: plain.sum(), Length: compressed.size}, nil
}

// openLayer returns the layer that writeLayer wrote to dir.
func openLayer(dir string) (*Layer, error) {
	data, err := os.ReadFile(filepath.Join(dir, layerRecord)) //nolint:gosec // a path in the cache
	if err != nil {
		return nil, fmt.Errorf("read image layer: %w", err)
	}
	layer := &Layer{}
	if err := json.Unmarshal(data, layer); err != nil {
		return nil, fmt.Errorf("read image layer %s: %w", dir, err)
	}
	layer.Path = filepath.Join(dir, layerFile) // it was written before the folder was renamed
	return layer, nil
}

// Digest implements v1.Layer.
func (l *Layer) Digest() (v1.Hash, error) { return l.Sum, nil }

// DiffID implements v1.Layer.
func (l *Layer) DiffID() (v1.Hash, error) { return l.Diff, nil }

// Size implements v1.Layer.
func (l *Layer) Size() (int64, error) { return l.Length, nil }

// MediaType implements v1.Layer.
func (l *Layer) MediaType() (types.MediaType, error) { return types.OCILayerZStd, nil }

// Compressed implements v1.Layer.
func (l *Layer) Compressed() (io.ReadCloser, error) { return os.Open(l.Path) }

// Uncompressed implements v1.Layer.
func (l *Layer) Uncompressed() (io.ReadCloser, error) {
	file, err := os.Open(l.Path)
	if err != nil {
		return nil, err
	}
	decoder, err := zstd.NewReader(file)
	if err != nil {
		_ = file.Close()
		return nil, err
	}
	return decompressed{decoder.IOReadCloser(), file}, nil
}

// decompressed closes the file with its decoder.
type decompressed struct {
	io.ReadCloser
	file *os.File
}

// Close implements io.Closer.
func (d decompressed) Close() error {
	_ = d.ReadCloser.Close()
	return d.file.Close()
}
