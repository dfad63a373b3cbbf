package bundle

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// node is a manifest, a configuration or a layer of an image.
type node struct {
	ocispec.Descriptor
	data []byte // of a manifest
}

// isManifest reports whether a registry stores it as a manifest.
func (n node) isManifest() bool { return n.data != nil }

// The limits of what a manifest can make this process do.
const (
	maxManifest = 4 << 20 // bytes, as registries themselves limit it
	maxNesting  = 3       // an index, an index in it, and a manifest
	maxNodes    = 10_000
)

const dockerList = "application/vnd.docker.distribution.manifest.list.v2+json"

func isIndex(mediaType string) bool {
	return mediaType == ocispec.MediaTypeImageIndex || mediaType == dockerList
}

func isImage(mediaType string) bool {
	return mediaType == ocispec.MediaTypeImageManifest ||
		mediaType == "application/vnd.docker.distribution.manifest.v2+json"
}

// references is what an index or an image manifest refers to.
type references struct {
	MediaType string               `json:"mediaType"`
	Manifests []ocispec.Descriptor `json:"manifests"`
	Config    *ocispec.Descriptor  `json:"config"`
	Layers    []ocispec.Descriptor `json:"layers"`
}

// collect lists what an image consists of, in the order in which a registry accepts it:
// everything comes after what it refers to. read returns the content of a manifest.
func collect(root ocispec.Descriptor, read func(ocispec.Descriptor) ([]byte, error)) ([]node, error) {
	c := &collector{read: read, seen: map[digest.Digest]bool{}}
	err := c.add(root, maxNesting)
	return c.nodes, err
}

type collector struct {
	read  func(ocispec.Descriptor) ([]byte, error)
	seen  map[digest.Digest]bool
	nodes []node
}

func (c *collector) add(d ocispec.Descriptor, levels int) error {
	if c.seen[d.Digest] {
		return nil
	}
	c.seen[d.Digest] = true
	if err := d.Digest.Validate(); err != nil || d.Size < 0 || len(c.nodes) > maxNodes {
		return fmt.Errorf("its manifest is not valid: %s with %d bytes", d.Digest, d.Size)
	}
	n := node{Descriptor: ocispec.Descriptor{MediaType: d.MediaType, Digest: d.Digest, Size: d.Size}}
	if isIndex(d.MediaType) || isImage(d.MediaType) {
		if err := c.addContent(&n, levels); err != nil {
			return err
		}
	}
	c.nodes = append(c.nodes, n)
	return nil
}

// addContent adds what a manifest refers to.
func (c *collector) addContent(n *node, levels int) error {
	if levels == 0 {
		return fmt.Errorf("its manifest %s is nested too deeply", n.Digest)
	}
	data, err := c.read(n.Descriptor)
	if err != nil {
		return err
	}
	var found references
	if err := json.Unmarshal(data, &found); err != nil {
		return fmt.Errorf("its manifest %s cannot be read: %w", n.Digest, err)
	}
	n.data = data
	below := slices.Concat(found.Manifests, found.Layers)
	if found.Config != nil {
		below = append(below, *found.Config)
	}
	for _, d := range below {
		if strings.Contains(d.MediaType, "foreign") || strings.Contains(d.MediaType, "nondistributable") {
			continue // of Windows: registries do not have them
		}
		if err := c.add(d, levels-1); err != nil {
			return err
		}
	}
	return nil
}

// size adds up the bytes of nodes that are not yet counted.
func size(nodes []node, counted map[digest.Digest]bool) int64 {
	var total int64
	for _, n := range nodes {
		if !counted[n.Digest] {
			counted[n.Digest] = true
			total += n.Size
		}
	}
	return total
}
