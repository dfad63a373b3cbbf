package bundle

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/opencontainers/go-digest"
	"github.com/opencontainers/image-spec/specs-go"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// containerdName is the annotation from which containerd and Docker take the name.
const containerdName = "io.containerd.image.name"

// writeLayout writes the index of an OCI image layout, with the images' names.
func writeLayout(dir string, images []plannedImage) error {
	index := ocispec.Index{Versioned: specs.Versioned{SchemaVersion: 2}, MediaType: ocispec.MediaTypeImageIndex}
	for _, image := range images {
		root := image.root().Descriptor
		root.Annotations = map[string]string{ocispec.AnnotationRefName: image.Source, containerdName: image.Source}
		index.Manifests = append(index.Manifests, root)
	}
	content, err := json.MarshalIndent(index, "", "  ")
	if err != nil {
		return err
	}
	version, err := json.Marshal(ocispec.ImageLayout{Version: ocispec.ImageLayoutVersion})
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return errors.Join(writeFile(filepath.Join(dir, ocispec.ImageLayoutFile), version),
		writeFile(filepath.Join(dir, ocispec.ImageIndexFile), content))
}

func blobPath(layout string, d digest.Digest) string {
	return filepath.Join(layout, ocispec.ImageBlobsDir, d.Algorithm().String(), d.Encoded())
}

// contentError is how a file differs from what it must contain.
type contentError string

func (e contentError) Error() string { return string(e) }

// verifyBlob compares a file with its size and its digest. If they differ, the error is
// a contentError.
func verifyBlob(ctx context.Context, path string, want ocispec.Descriptor) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return contentError("is missing")
	case err != nil:
		return err
	case info.Size() != want.Size:
		return contentError(fmt.Sprintf("has %d bytes instead of %d", info.Size(), want.Size))
	}
	f, err := os.Open(path) //nolint:gosec // a digest or a local path in the user's folder
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	verifier := want.Digest.Verifier()
	if _, err := io.Copy(verifier, untilDone{ctx, f}); err != nil {
		return err
	}
	if !verifier.Verified() {
		return contentError("does not match its digest")
	}
	return nil
}

// untilDone stops reading when ctx ends.
type untilDone struct {
	ctx context.Context
	io.Reader
}

// Read reads, unless ctx has ended.
func (r untilDone) Read(p []byte) (int, error) {
	if r.ctx.Err() != nil {
		return 0, context.Cause(r.ctx)
	}
	return r.Reader.Read(p)
}

// removeOthers removes blobs of other images, which a previous run fetched, and
// unfinished downloads.
func removeOthers(layout string, keep map[digest.Digest]bool) error {
	if err := os.RemoveAll(filepath.Join(layout, "ingest")); err != nil {
		return err
	}
	blobs := filepath.Join(layout, ocispec.ImageBlobsDir)
	return filepath.WalkDir(blobs, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return ignoreMissing(err)
		}
		d := digest.NewDigestFromEncoded(digest.Algorithm(filepath.Base(filepath.Dir(path))), e.Name())
		if keep[d] {
			return nil
		}
		return os.Remove(path) //nolint:gosec // the user's own folder
	})
}

// ignoreMissing accepts that a file or folder does not exist.
func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
