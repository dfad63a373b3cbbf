package bundle

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"golang.org/x/sync/errgroup"
	"oras.land/oras-go/v2/content"
	"oras.land/oras-go/v2/registry/remote"

	"github.com/zenml-installer/zenml-installer/internal/bounded"
	"github.com/zenml-installer/zenml-installer/internal/secret"
)

// Archive is a chart for the bundle.
type Archive struct {
	Chart
	Data   []byte
	Images []string // that it uses
	Server string   // the image of the server, which is one of them

	// Registry is what the chart's values put before the paths of its images; empty for
	// their own registries.
	Registry string
}

// Request is what a bundle must contain.
type Request struct {
	Installer string // its version
	Archives  []Archive
	Platforms Platforms
}

// Plan is a bundle whose images were found in their registries, and not fetched yet.
type Plan struct {
	Bundle
	archives []Archive
	images   []plannedImage
	from     *Registries
}

// plannedImage is an image with everything that it consists of.
type plannedImage struct {
	Image
	ref        Reference
	nodes      []node
	repository *remote.Repository
}

// root is the image's index or manifest.
func (p plannedImage) root() node { return p.nodes[len(p.nodes)-1] }

// Resolve finds the images in their registries. It reads their manifests only.
func Resolve(ctx context.Context, from *Registries, r Request) (*Plan, error) {
	p := &Plan{Bundle: Bundle{Version: Format, Created: r.Installer}, archives: r.Archives, from: from}
	counted := map[digest.Digest]bool{}
	uses := map[string]*Image{}
	for i, a := range p.archives {
		a.Source = secret.WithoutLogin(a.Source)
		a.File = chartsFolder + "/" + a.Name + "-" + a.Version + ".tgz"
		a.Digest, a.Size = digest.FromBytes(a.Data), int64(len(a.Data))
		p.archives[i] = a
		p.Charts = append(p.Charts, a.Chart)
		p.Size += a.Size
		for _, image := range a.Images {
			use, known := uses[image]
			if !known {
				use = &Image{Name: image, Path: a.Registry}
				uses[image] = use
			}
			use.Charts = append(use.Charts, a.Name)
			use.Server = use.Server || image == a.Server
		}
	}
	if err := p.resolveImages(ctx, uses, r.Platforms); err != nil {
		return nil, err
	}
	for _, image := range p.images {
		p.Images = append(p.Images, image.Image)
		p.Size += size(image.nodes, counted)
	}
	return p, nil
}

// lookUps limits the concurrent requests for manifests.
const lookUps = 4

func (p *Plan) resolveImages(ctx context.Context, uses map[string]*Image, platforms Platforms) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(lookUps)
	p.images = make([]plannedImage, len(uses))
	at := 0
	for _, image := range uses {
		slot := &p.images[at]
		at++
		group.Go(func() (err error) {
			*slot, err = p.from.resolve(ctx, *image, platforms)
			return err
		})
	}
	err := group.Wait()
	slices.SortFunc(p.images, func(a, b plannedImage) int { return cmp.Compare(a.Source, b.Source) })
	return err
}

// resolve finds an image and what it consists of for the platforms.
func (r *Registries) resolve(ctx context.Context, image Image, platforms Platforms) (plannedImage, error) {
	ref, err := ParseReference(image.Name)
	if err != nil {
		return plannedImage{}, err
	}
	p := plannedImage{Image: image, ref: ref}
	p.Source, p.Path = ref.Source(), ref.below(image.Path)
	if p.repository, err = r.repository(ctx, ref.Repository); err != nil {
		return p, err
	}
	root, data, err := p.narrowed(ctx, platforms)
	if err != nil {
		return p, err
	}
	p.nodes, err = collect(root, func(d ocispec.Descriptor) ([]byte, error) {
		if d.Digest == root.Digest {
			return data, nil
		}
		return content.FetchAll(ctx, limited{p.repository}, d)
	})
	if err != nil {
		return p, registryError(ctx, ref, false, err)
	}
	p.Digest, p.Size = root.Digest, size(p.nodes, map[digest.Digest]bool{})
	return p, p.setPlatforms(ctx, platforms)
}

// narrowed pulls the image's manifest or index, and reduces an index to the platforms.
func (p *plannedImage) narrowed(ctx context.Context, platforms Platforms) (ocispec.Descriptor, []byte, error) {
	root, data, err := pullManifest(ctx, p.repository, p.ref.pull())
	if err != nil {
		return root, nil, registryError(ctx, p.ref, false, err)
	}
	if !isIndex(root.MediaType) || p.ref.Digest != "" {
		return root, data, nil
	}
	var index ocispec.Index
	if err := json.Unmarshal(data, &index); err != nil {
		return root, nil, registryError(ctx, p.ref, false, err)
	}
	if index.Manifests, err = p.withPlatforms(ctx, index.Manifests); err != nil {
		return root, nil, registryError(ctx, p.ref, false, err)
	}
	if root, data, err = narrow(root, data, index, platforms); err != nil {
		err = fmt.Errorf("cannot bundle %s: %w. Choose another image or --platform", p.Source, err)
	}
	return root, data, err
}

// pullManifest pulls the manifest with a tag or a digest.
func pullManifest(ctx context.Context, from *remote.Repository, reference string) (ocispec.Descriptor, []byte, error) {
	found, body, err := from.FetchReference(ctx, reference)
	if err != nil {
		return found, nil, err
	}
	defer func() { _ = body.Close() }()
	data, err := bounded.ReadAll(body, maxManifest)
	if err == nil && found.Digest.Algorithm().FromBytes(data) != found.Digest {
		err = fmt.Errorf("the registry sent other content than %s", found.Digest)
	}
	if err == nil && !isIndex(found.MediaType) && !isImage(found.MediaType) {
		err = fmt.Errorf("it is %s, not an image", found.MediaType)
	}
	return found, data, err
}

// narrow reduces an index to the platforms. If it has others, the result has another
// digest, so an image that is named by its digest must not be narrowed.
func narrow(root ocispec.Descriptor, data []byte, index ocispec.Index, platforms Platforms) (
	ocispec.Descriptor, []byte, error,
) {
	chosen, err := platforms.choose(index.Manifests)
	if err != nil || len(chosen) == len(index.Manifests) {
		return root, data, err
	}
	index.Manifests = chosen
	narrowed, err := json.Marshal(index)
	return ocispec.Descriptor{MediaType: root.MediaType, Digest: digest.FromBytes(narrowed), Size: int64(len(narrowed))},
		narrowed, err
}

// setPlatforms lists the platforms of the image, and verifies that it has the chosen ones.
func (p *plannedImage) setPlatforms(ctx context.Context, chosen Platforms) error {
	has := []ocispec.Descriptor{p.root().Descriptor} // without an index
	if isIndex(p.root().MediaType) {
		var index ocispec.Index
		if err := json.Unmarshal(p.root().data, &index); err != nil {
			return registryError(ctx, p.ref, false, err)
		}
		has = index.Manifests
	}
	has, err := p.withPlatforms(ctx, has)
	if err != nil {
		return registryError(ctx, p.ref, false, err)
	}
	p.Platforms = platformNames(has)
	if err := chosen.check(has); err != nil {
		return fmt.Errorf("cannot bundle %s: %w. Choose another image or --platform", p.Source, err)
	}
	return nil
}

// withPlatforms adds the platforms of images that an index lists without one. They are in
// the images' configurations.
func (p *plannedImage) withPlatforms(ctx context.Context, all []ocispec.Descriptor) ([]ocispec.Descriptor, error) {
	all = slices.Clone(all)
	for i, m := range all {
		if m.Platform != nil || !isImage(m.MediaType) {
			continue
		}
		var image ocispec.Manifest
		var platform ocispec.Platform
		err := p.decode(ctx, m, &image)
		if err == nil {
			err = p.decode(ctx, image.Config, &platform)
		}
		if err != nil {
			return nil, err
		}
		all[i].Platform = &platform
	}
	return all, nil
}

// decode fetches a manifest or a configuration.
func (p *plannedImage) decode(ctx context.Context, d ocispec.Descriptor, into any) error {
	data, err := content.FetchAll(ctx, limited{p.repository}, d)
	if err != nil {
		return err
	}
	return json.Unmarshal(data, into)
}
