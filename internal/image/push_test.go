package main

import (
	"io"
	"log"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	ociregistry "github.com/google/go-containerregistry/pkg/registry"
	"oras.land/oras-go/v2/registry"
	"oras.land/oras-go/v2/registry/remote"
)

func TestPushLayout(t *testing.T) {
	server := httptest.NewServer(ociregistry.New(ociregistry.Logger(log.New(io.Discard, "", 0))))
	t.Cleanup(server.Close)
	for tag, want := range map[string][]string{"1.2.3": {"1.2.3", "latest"}, "1.2.3-rc.1": {"1.2.3-rc.1"}} {
		name := strings.TrimPrefix(server.URL, "http://") + "/zenml-installer/v" + strings.ReplaceAll(tag, ".", "-")
		pushed, err := pushLayout(t.Context(), layoutOf(t, tag, "amd64", "arm64"), tag, name)
		if err != nil {
			t.Fatal(err)
		}
		repository, err := remote.NewRepository(name)
		if err != nil {
			t.Fatal(err)
		}
		repository.PlainHTTP = true
		tags, err := registry.Tags(t.Context(), repository)
		if err != nil || !slices.Equal(tags, want) {
			t.Errorf("the tags are %v (%v), want %v", tags, err, want)
		}
		found, err := repository.Resolve(t.Context(), tag)
		if err != nil || pushed != name+"@"+found.Digest.String() {
			t.Errorf("%s was reported and %s is there (%v)", pushed, found.Digest, err)
		}
	}
}
