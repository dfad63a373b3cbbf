package bundle

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/opencontainers/go-digest"
	"go.yaml.in/yaml/v3"
	"oras.land/oras-go/v2/content/oci"

	"github.com/zenml-installer/zenml-installer/internal/bounded"
)

// Fetch writes the bundle into a folder, with further files by name. What a previous
// run fetched is verified and kept. An interrupted run is continued by the next one.
func (p *Plan) Fetch(ctx context.Context, dir string, files map[string][]byte, observe Observer) error {
	if err := prepareFolder(ctx, dir); err != nil {
		return err
	}
	layout := filepath.Join(dir, imagesFolder)
	storage, err := oci.NewStorage(layout)
	if err != nil {
		return err
	}
	f := &fetching{storage: storage, layout: layout, done: map[digest.Digest]bool{},
		transfer: newTransfer(p.imageBytes(), observe)}
	for _, image := range p.images {
		if err := f.image(ctx, image); err != nil {
			return err
		}
	}
	if err := writeLayout(layout, p.images); err != nil {
		return err
	}
	if err := removeOthers(layout, f.done); err != nil {
		return err
	}
	return p.finish(dir, files)
}

// imageBytes is the size of all images.
func (p *Plan) imageBytes() int64 {
	total := p.Size
	for _, c := range p.Charts {
		total -= c.Size
	}
	return total
}

// marker is the content of the file that marks an unfinished bundle.
const marker = "zenml-installer is writing a bundle into this folder\n"

// prepareFolder creates the folder, and marks it as unfinished. A folder with other
// content is refused.
func prepareFolder(ctx context.Context, dir string) error {
	found, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if len(found) > 0 && !isBundle(ctx, dir) {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return fmt.Errorf("%s is not empty and contains no bundle: use an empty or a new folder", dir)
	}
	if err := os.MkdirAll(filepath.Join(dir, chartsFolder), 0o700); err != nil {
		return err
	}
	if err := writeFile(filepath.Join(dir, unfinished), []byte(marker)); err != nil {
		return err
	}
	return remove(filepath.Join(dir, IndexFile))
}

// isBundle reports whether a bundle was written into a folder, at least in part.
func isBundle(ctx context.Context, dir string) bool {
	started, err := bounded.ReadFile(ctx, filepath.Join(dir, unfinished), maxIndex)
	if err == nil && string(started) == marker {
		return true
	}
	var b Bundle
	index, err := bounded.ReadFile(ctx, filepath.Join(dir, IndexFile), maxIndex)
	return err == nil && yaml.Unmarshal(index, &b) == nil && b.Version > 0 && b.Created != "" && len(b.Charts) > 0
}

func exists(dir, name string) bool {
	_, err := os.Stat(filepath.Join(dir, name))
	return err == nil
}

// finish writes the charts, the other files and the index, which makes the bundle
// complete.
func (p *Plan) finish(dir string, files map[string][]byte) error {
	if err := removePrevious(dir); err != nil {
		return err
	}
	for _, a := range p.archives {
		if err := writeFile(filepath.Join(dir, a.File), a.Data); err != nil {
			return err
		}
	}
	for name, data := range files {
		if err := writeFile(filepath.Join(dir, name), data); err != nil {
			return err
		}
	}
	index, err := yaml.Marshal(p.Bundle)
	if err != nil {
		return err
	}
	if err := writeFile(filepath.Join(dir, IndexFile), index); err != nil {
		return err
	}
	return os.Remove(filepath.Join(dir, unfinished))
}

// removePrevious removes what a previous run wrote, because this run may leave some of
// it out.
func removePrevious(dir string) error {
	for _, name := range []string{AnswersFile, ValuesFile} {
		if err := remove(filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	charts := filepath.Join(dir, chartsFolder)
	if err := os.RemoveAll(charts); err != nil {
		return err
	}
	return os.Mkdir(charts, 0o700)
}

// writeFile replaces a file with one that only the user can read, because a secret in
// the answers may have a name that does not suggest one.
func writeFile(path string, data []byte) error {
	if err := remove(path); err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o600)
}

// remove removes a file, unless it does not exist.
func remove(path string) error {
	return ignoreMissing(os.Remove(path))
}

// fetching writes images into an OCI layout.
type fetching struct {
	*transfer
	storage *oci.Storage
	layout  string
	done    map[digest.Digest]bool // fetched or verified by this run
}

func (f *fetching) image(ctx context.Context, image plannedImage) error {
	f.begin(image.Image)
	var missing []node
	for _, n := range image.nodes {
		if !f.done[n.Digest] {
			f.done[n.Digest] = true
			missing = append(missing, n)
		}
	}
	err := each(ctx, missing, func(ctx context.Context, n node) error { return f.node(ctx, image, n) })
	if err != nil {
		return err
	}
	f.finish()
	return nil
}

// node fetches one blob, unless the layout has it undamaged. A blob that cannot be read
// is not replaced, because it may be undamaged.
func (f *fetching) node(ctx context.Context, image plannedImage, n node) error {
	path := blobPath(f.layout, n.Digest)
	err := verifyBlob(ctx, path, n.Descriptor)
	var differs contentError
	switch {
	case err == nil:
		f.add(n.Size, false)
		return nil
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case !errors.As(err, &differs):
		return fmt.Errorf("cannot read the bundle: %w", err)
	}
	if err := remove(path); err != nil {
		return err
	}
	if n.isManifest() {
		f.add(n.Size, true)
		return f.storage.Push(ctx, n.Descriptor, bytes.NewReader(n.data))
	}
	return f.download(ctx, image, n)
}

// attempts is how often the download of a blob is tried, because connections break.
const attempts = 3

func (f *fetching) download(ctx context.Context, image plannedImage, n node) error {
	for attempt := 1; ; attempt++ {
		err := f.downloadOnce(ctx, image, n)
		if err == nil {
			return nil
		}
		var file *fs.PathError
		if errors.As(err, &file) { // such as a full disk
			return fmt.Errorf("cannot write the bundle: %w", err)
		}
		if ctx.Err() != nil || attempt == attempts || statusOf(err) != 0 {
			return registryError(ctx, image.ref, false, err)
		}
		select {
		case <-time.After(time.Duration(attempt) * time.Second):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

func (f *fetching) downloadOnce(ctx context.Context, image plannedImage, n node) error {
	body, err := image.repository.Fetch(ctx, n.Descriptor)
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }()
	reader := &counted{Reader: body, t: f.transfer}
	if err := f.storage.Push(ctx, n.Descriptor, io.Reader(reader)); err != nil {
		reader.undo()
		return err
	}
	return nil
}
