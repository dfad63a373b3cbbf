package charts

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"time"
)

// packedAt is the time of every file, so that an archive's digest depends on its content alone.
var packedAt = time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)

// pack writes files into a gzipped tar, in a folder named after the chart.
func pack(chart string, files []file) ([]byte, error) {
	var out bytes.Buffer
	compressed := gzip.NewWriter(&out)
	archive := tar.NewWriter(compressed)
	for _, f := range files {
		header := &tar.Header{Name: path.Join(chart, f.name), Mode: 0o644, Size: int64(len(f.data)), ModTime: packedAt}
		if err := archive.WriteHeader(header); err != nil {
			return nil, err
		}
		if _, err := archive.Write(f.data); err != nil {
			return nil, err
		}
	}
	if err := archive.Close(); err != nil {
		return nil, err
	}
	if err := compressed.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// Unpack writes a generation's chart as a folder named zenml into dir, in the given version (empty: the chart's own),
// and returns that folder's path. It fails if the folder exists.
func Unpack(generation, version, dir string) (string, error) {
	files, err := filesOf(generation, version)
	if err != nil {
		return "", err
	}
	root := filepath.Join(dir, "zenml")
	if _, err := os.Lstat(root); err == nil {
		return "", fmt.Errorf("chart folder %s exists: remove it or choose another folder", root)
	}
	for _, f := range files {
		target := filepath.Join(root, filepath.FromSlash(f.name))
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return "", fmt.Errorf("chart folder cannot be made: %w", err)
		}
		if err := os.WriteFile(target, f.data, 0o644); err != nil {
			return "", fmt.Errorf("chart file cannot be written: %w", err)
		}
	}
	return root, nil
}
