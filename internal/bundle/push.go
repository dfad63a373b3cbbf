package bundle

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"

	"oras.land/oras-go/v2/errdef"
	"oras.land/oras-go/v2/registry/remote"
)

// Push pushes the images into a registry, which may have a path. What is there already
// is kept, so an interrupted push is continued by the next one.
func (o *Opened) Push(ctx context.Context, to *Registries, registry string, observe Observer) error {
	var total int64
	for _, image := range o.images {
		total += image.Size
	}
	p := &pushing{transfer: newTransfer(total, observe), layout: filepath.Join(o.Dir, imagesFolder)}
	for _, image := range o.images {
		target := image
		target.ref = image.ref.In(registry)
		target.Name, target.Source = target.ref.Name, target.ref.Name
		if err := p.image(ctx, to, target); err != nil {
			return err
		}
	}
	return nil
}

// pushing pushes images out of an OCI layout.
type pushing struct {
	*transfer
	layout string
}

func (p *pushing) image(ctx context.Context, to *Registries, image plannedImage) error {
	p.begin(image.Image)
	var err error
	if image.repository, err = to.repository(ctx, image.ref.Repository); err != nil {
		return err
	}
	if found, err := image.repository.Resolve(ctx, image.ref.pull()); err == nil && found.Digest == image.Digest {
		p.add(image.Size, false)
		p.finish()
		return nil
	}
	if err := p.content(ctx, image); err != nil {
		return registryError(ctx, image.ref, true, err)
	}
	p.finish()
	return nil
}

// content pushes the layers, then what refers to them.
func (p *pushing) content(ctx context.Context, image plannedImage) error {
	var layers, manifests []node
	for _, n := range image.nodes {
		if n.isManifest() {
			manifests = append(manifests, n)
		} else {
			layers = append(layers, n)
		}
	}
	err := each(ctx, layers, func(ctx context.Context, n node) error { return p.layer(ctx, image.repository, n) })
	if err != nil {
		return err
	}
	for _, n := range manifests {
		if err := p.manifest(ctx, image, n); err != nil {
			return err
		}
		p.add(n.Size, true)
	}
	return nil
}

func (p *pushing) layer(ctx context.Context, to *remote.Repository, n node) error {
	there, err := to.Exists(ctx, n.Descriptor)
	if err != nil {
		return err
	}
	if there {
		p.add(n.Size, false)
		return nil
	}
	file, err := os.Open(blobPath(p.layout, n.Digest))
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	return ignoreExisting(to.Push(ctx, n.Descriptor, &counted{Reader: file, t: p.transfer}))
}

// manifest pushes a manifest: the image's own by its tag, others by their digest.
func (p *pushing) manifest(ctx context.Context, image plannedImage, n node) error {
	to, body := image.repository, bytes.NewReader(n.data)
	if n.Digest == image.root().Digest && image.ref.Tag != "" {
		return to.PushReference(ctx, n.Descriptor, body, image.ref.Tag)
	}
	return ignoreExisting(to.Push(ctx, n.Descriptor, body))
}

func ignoreExisting(err error) error {
	if errors.Is(err, errdef.ErrAlreadyExists) {
		return nil
	}
	return err
}
