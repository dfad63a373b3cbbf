package bundle

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// TestCollectRefusesDeepNesting reads an index in an index and so on.
func TestCollectRefusesDeepNesting(t *testing.T) {
	blobs := map[digest.Digest][]byte{}
	root := ocispec.Descriptor{MediaType: ocispec.MediaTypeImageIndex, Digest: digest.FromString("{}"), Size: 2}
	blobs[root.Digest] = []byte("{}")
	for range maxNesting {
		data, err := json.Marshal(ocispec.Index{Manifests: []ocispec.Descriptor{root}})
		if err != nil {
			t.Fatal(err)
		}
		root.Digest, root.Size = digest.FromBytes(data), int64(len(data))
		blobs[root.Digest] = data
	}
	_, err := collect(root, func(d ocispec.Descriptor) ([]byte, error) { return blobs[d.Digest], nil })
	if err == nil || !strings.Contains(err.Error(), "is nested too deeply") {
		t.Fatalf("%v", err)
	}
	err = (&Opened{Dir: "folder"}).damagedImage(context.Background(), Image{Digest: root.Digest}, err)
	if !strings.Contains(err.Error(), "the bundle folder is damaged: images/blobs/sha256/") {
		t.Error(err)
	}
}
