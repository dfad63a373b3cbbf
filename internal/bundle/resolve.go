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
	root, data, err := pullManifest(ctx, p.repository, ref.pull())
	if err != nil {
		return p, registryError(ctx, ref, false, err)
	}
	if isIndex(root.MediaType) && ref.Digest == "" {
		if root, data, err = narrow(root, data, platforms); err != nil {
			return p, fmt.Errorf("cannot bundle %s: %w. Choose another image or --platform", p.Source, err)
		}
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
	if p.Platforms, err = p.platforms(ctx, platforms); err != nil {
		return p, fmt.Errorf("cannot bundle %s: %w", p.Source, err)
	}
	return p, nil
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
		err = fmt.Errorf("it is no image, but %s", found.MediaType)
	}
	return found, data, err
}

// narrow reduces an index to the platforms. If it has others, the result has another
// digest, so an image that is named by its digest must not be narrowed.
func narrow(root ocispec.Descriptor, data []byte, platforms Platforms) (ocispec.Descriptor, []byte, error) {
	var index ocispec.Index
	if err := json.Unmarshal(data, &index); err != nil {
		return root, nil, err
	}
	chosen, err := platforms.choose(index.Manifests)
	if err != nil || len(chosen) == len(index.Manifests) {
		return root, data, err
	}
	index.Manifests = chosen
	narrowed, err := json.Marshal(index)
	return ocispec.Descriptor{MediaType: root.MediaType, Digest: digest.FromBytes(narrowed), Size: int64(len(narrowed))},
		narrowed, err
}

// platforms lists the platforms of an image. One without an index has it in its
// configuration.
func (p plannedImage) platforms(ctx context.Context, wanted Platforms) ([]string, error) {
	var root struct {
		Manifests []ocispec.Descriptor `json:"manifests"`
		Config    ocispec.Descriptor   `json:"config"`
	}
	if err := json.Unmarshal(p.root().data, &root); err != nil {
		return nil, err
	}
	if isIndex(p.root().MediaType) {
		return platformNames(root.Manifests), nil
	}
	data, err := content.FetchAll(ctx, limited{p.repository}, root.Config)
	if err != nil {
		return nil, registryError(ctx, p.ref, false, err)
	}
	var platform ocispec.Platform
	if err := json.Unmarshal(data, &platform); err != nil {
		return nil, err
	}
	return []string{platformName(platform)}, wanted.check(platform)
}
