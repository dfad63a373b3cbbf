package bundle

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"go.yaml.in/yaml/v3"

	"github.com/zenml-installer/zenml-installer/internal/bounded"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
)

// maxIndex limits the bytes of bundle.yaml.
const maxIndex = 1 << 20

// Opened is a bundle whose files were verified.
type Opened struct {
	Bundle
	Dir    string
	images []plannedImage
	layout ocispec.Index // of the OCI layout
}

// Open reads a bundle and verifies the digests of all of its files.
func Open(ctx context.Context, dir string) (*Opened, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	o := &Opened{Dir: dir}
	if err := o.readIndex(ctx); err != nil {
		return nil, err
	}
	if len(o.Charts) == 0 {
		return nil, o.damaged(IndexFile, "lists no chart")
	}
	for _, c := range o.Charts {
		if !filepath.IsLocal(c.File) || c.Digest.Validate() != nil {
			return nil, o.damaged(IndexFile, "lists a chart that is not valid")
		}
		want := ocispec.Descriptor{Digest: c.Digest, Size: c.Size}
		if err := o.verify(ctx, c.File, want); err != nil {
			return nil, err
		}
	}
	if err := o.readLayout(ctx); err != nil {
		return nil, err
	}
	verified := map[digest.Digest]bool{}
	for _, image := range o.Images {
		if err := o.openImage(ctx, image, verified); err != nil {
			return nil, err
		}
	}
	return o, nil
}

// readIndex reads bundle.yaml, which exists in a complete bundle only.
func (o *Opened) readIndex(ctx context.Context) error {
	data, err := bounded.ReadFile(ctx, filepath.Join(o.Dir, IndexFile), maxIndex)
	switch {
	case errors.Is(err, fs.ErrNotExist) && exists(o.Dir, unfinished):
		return fmt.Errorf("the bundle %s is incomplete: writing it was interrupted. Finish it where it was written: "+
			"zenml-installer generate -f answers.yaml --bundle DIR", o.Dir)
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s is not a bundle: it has no %s. Write one: zenml-installer generate -f answers.yaml "+
			"--bundle DIR", o.Dir, IndexFile)
	case err != nil:
		return fmt.Errorf("cannot read the bundle: %w", err)
	}
	if err := yaml.Unmarshal(data, &o.Bundle); err != nil {
		return o.damaged(IndexFile, "cannot be read: "+err.Error())
	}
	if o.Version != Format {
		return fmt.Errorf("the bundle %s has format %d, and this version of zenml-installer reads format %d: use the "+
			"version that wrote it (%s)", o.Dir, o.Version, Format, o.Created)
	}
	return nil
}

func (o *Opened) damaged(file, reason string) error {
	return &DamagedError{Dir: o.Dir, File: file, Reason: reason}
}

// verify compares a file with its digest.
func (o *Opened) verify(ctx context.Context, file string, want ocispec.Descriptor) error {
	err := verifyBlob(ctx, filepath.Join(o.Dir, file), want)
	if err != nil && ctx.Err() == nil {
		err = o.damaged(filepath.ToSlash(file), err.Error())
	}
	return err
}

// openImage verifies everything that an image consists of.
func (o *Opened) openImage(ctx context.Context, image Image, verified map[digest.Digest]bool) error {
	ref, err := ParseReference(image.Name)
	if err == nil {
		err = image.Digest.Validate()
	}
	if err == nil && image.Path == "" {
		err = errors.New("it has no path")
	}
	if err != nil {
		return o.damaged(IndexFile, "lists an image that is not valid: "+err.Error())
	}
	root, err := o.rootOf(image)
	if err != nil {
		return err
	}
	check := func(d ocispec.Descriptor) error {
		if verified[d.Digest] {
			return nil
		}
		verified[d.Digest] = true
		return o.verify(ctx, blobPath(imagesFolder, d.Digest), d)
	}
	nodes, err := collect(root, func(d ocispec.Descriptor) ([]byte, error) {
		if err := check(d); err != nil {
			return nil, err
		}
		return bounded.ReadFile(ctx, blobPath(filepath.Join(o.Dir, imagesFolder), d.Digest), maxManifest)
	})
	if err != nil {
		return o.damagedImage(ctx, image, err)
	}
	for _, n := range nodes {
		if err := check(n.Descriptor); err != nil {
			return err
		}
	}
	ref.Path = image.Path
	o.images = append(o.images, plannedImage{Image: image, ref: ref, nodes: nodes})
	return nil
}

// damagedImage names the file of an image whose manifests are not valid.
func (o *Opened) damagedImage(ctx context.Context, image Image, err error) error {
	var known *DamagedError
	if ctx.Err() != nil || errors.As(err, &known) {
		return err
	}
	return o.damaged(filepath.ToSlash(blobPath(imagesFolder, image.Digest)), "is not a valid image: "+err.Error())
}

const layoutIndex = imagesFolder + "/" + ocispec.ImageIndexFile

// readLayout reads the index of the OCI layout.
func (o *Opened) readLayout(ctx context.Context) error {
	data, err := bounded.ReadFile(ctx, filepath.Join(o.Dir, layoutIndex), maxManifest)
	if err == nil {
		err = json.Unmarshal(data, &o.layout)
	}
	if err != nil && ctx.Err() == nil {
		err = o.damaged(layoutIndex, "cannot be read: "+err.Error())
	}
	return err
}

// rootOf finds an image in the index of the OCI layout.
func (o *Opened) rootOf(image Image) (ocispec.Descriptor, error) {
	for _, m := range o.layout.Manifests {
		if m.Digest == image.Digest && (isIndex(m.MediaType) || isImage(m.MediaType)) {
			return m, nil
		}
	}
	return ocispec.Descriptor{}, o.damaged(layoutIndex, "does not list the image "+image.Source)
}

// ChartFile is the path of a chart of the bundle, or "".
func (o *Opened) ChartFile(name string) string {
	if c := o.Chart(name); c != nil {
		return filepath.Join(o.Dir, c.File)
	}
	return ""
}

// Target returns the reference of an image in the registry that it is pushed to.
func (o *Opened) Target(image Image, registry string) (Reference, error) {
	ref, err := ParseReference(image.Name)
	ref.Path = image.Path
	return ref.In(registry), err
}

// Image returns the image of the bundle that has a name in its own registry or in the
// one that it was pushed to, or nil.
func (o *Opened) Image(name, registry string) *Image {
	for i, image := range o.images {
		if image.Name == name || image.Source == name || registry != "" && image.ref.In(registry).Name == name {
			return &o.images[i].Image
		}
	}
	return nil
}

// Unmirrored returns the images of the bundle that objects take from another registry
// than the one that they are pushed to, each with its name in that one.
func (o *Opened) Unmirrored(objects []manifest.Object, registry string) map[string]string {
	found := map[string]string{}
	for _, name := range Images(objects) {
		if image := o.Image(name, registry); image != nil {
			if target, err := o.Target(*image, registry); err == nil && target.Name != name {
				found[name] = target.Name
			}
		}
	}
	return found
}
