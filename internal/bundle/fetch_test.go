package bundle

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/validate"
)

// TestFetch reads the layout with another library.
func TestFetch(t *testing.T) {
	r, dir := newTestRegistry(t), filepath.Join(t.TempDir(), "bundle")
	server, _ := r.pushIndex(t, "team/server:1", "linux/amd64", "linux/arm64", "linux/s390x")
	other := r.pushImage(t, "team/other:1")
	plan := resolve(t, nil, server, other)
	if moved := fetch(t, plan, dir); moved != plan.imageBytes() {
		t.Errorf("%d bytes fetched of %d", moved, plan.imageBytes())
	}
	index, err := layout.ImageIndexFromPath(filepath.Join(dir, imagesFolder))
	if err == nil {
		err = validate.Index(index)
	}
	if err != nil {
		t.Fatal(err)
	}
	manifest, err := index.IndexManifest()
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{other, server} { // sorted
		m := manifest.Manifests[i]
		if m.Annotations["org.opencontainers.image.ref.name"] != want || m.Annotations[containerdName] != want {
			t.Errorf("%v, want %s", m.Annotations, want)
		}
	}
	o := openBundle(t, dir)
	if o.Server().Name != "zenml" || len(o.Images) != 2 || o.Size != plan.Size || o.Images[1].Path != "team/server" {
		t.Errorf("%+v", o.Bundle)
	}
	if exists(dir, unfinished) || exists(filepath.Join(dir, imagesFolder), "ingest") {
		t.Error("files of the download are left")
	}
}

// TestFetchAgain keeps what is undamaged, and removes what no image needs any more.
func TestFetchAgain(t *testing.T) {
	r, dir := newTestRegistry(t), t.TempDir()
	server, other := r.pushImage(t, "server:1"), r.pushImage(t, "other:1")
	fetch(t, resolve(t, nil, server, other), dir)
	plan := resolve(t, nil, server)
	if moved := fetch(t, plan, dir); moved != 0 {
		t.Errorf("%d bytes fetched again", moved)
	}
	blobs, err := os.ReadDir(filepath.Join(dir, imagesFolder, "blobs", "sha256"))
	if err != nil || len(blobs) != len(plan.images[0].nodes) {
		t.Errorf("%d blobs, want %d (%v)", len(blobs), len(plan.images[0].nodes), err)
	}
	layer := plan.images[0].nodes[0]
	damage(t, blobPath(filepath.Join(dir, imagesFolder), layer.Digest))
	if moved := fetch(t, plan, dir); moved != layer.Size {
		t.Errorf("%d bytes fetched for a damaged layer of %d", moved, layer.Size)
	}
	openBundle(t, dir)
}

// TestFetchRemovesPreviousFiles writes a bundle again, without the answers and with
// another version of the chart.
func TestFetchRemovesPreviousFiles(t *testing.T) {
	r, dir := newTestRegistry(t), filepath.Join(t.TempDir(), "bundle")
	again := request(t, nil, r.pushImage(t, "server:1"))
	fetch(t, resolve(t, nil, again.Archives[0].Images...), dir)
	again.Archives[0].Version = "2.0.0"
	plan, err := Resolve(t.Context(), newRegistries(t), again)
	if err == nil {
		err = plan.Fetch(t.Context(), dir, map[string][]byte{ValuesFile: nil}, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	charts, err := os.ReadDir(filepath.Join(dir, chartsFolder))
	if err != nil || len(charts) != 1 || charts[0].Name() != "zenml-2.0.0.tgz" || exists(dir, AnswersFile) {
		t.Errorf("%v (%v)", charts, err)
	}
	for _, name := range []string{"", IndexFile, ValuesFile, chartsFolder} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%q has mode %v (%v)", name, info.Mode(), err)
		}
	}
	openBundle(t, dir)
}

// damage changes one byte of a file.
func damage(t *testing.T, path string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	data[len(data)/2] ^= 1
	if err := errors.Join(os.Remove(path), os.WriteFile(path, data, 0o600)); err != nil {
		t.Fatal(err)
	}
}

func TestFetchInterrupted(t *testing.T) {
	r, dir := newTestRegistry(t), t.TempDir()
	plan := resolve(t, nil, r.pushImage(t, "a:1"), r.pushImage(t, "b:1"))
	ctx, cancel := context.WithCancel(t.Context())
	err := plan.Fetch(ctx, dir, nil, func(e Event) {
		if e.Finished {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("%v", err)
	}
	if _, err := Open(t.Context(), dir); err == nil || !strings.Contains(err.Error(), "incomplete") {
		t.Errorf("%v", err)
	}
	if moved := fetch(t, plan, dir); moved != plan.images[1].Size {
		t.Errorf("%d bytes fetched, want %d", moved, plan.images[1].Size)
	}
	openBundle(t, dir)
}

// TestFetchRefusesOtherFolders keeps what is in a folder that this program has not written.
func TestFetchRefusesOtherFolders(t *testing.T) {
	for name, content := range map[string]string{"mine": "", unfinished: "",
		IndexFile: "name: a bundle of another program\n"} {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		err := (&Plan{}).Fetch(t.Context(), filepath.Dir(path), nil, nil)
		if err == nil || !strings.Contains(err.Error(), "is not empty and contains no bundle") {
			t.Errorf("%s: %v", name, err)
		}
		if kept, err := os.ReadFile(path); err != nil || string(kept) != content {
			t.Errorf("%s has changed: %q (%v)", name, kept, err)
		}
	}
}

// TestFetchKeepsBlobs keeps a blob whose verification was interrupted or has failed.
func TestFetchKeepsBlobs(t *testing.T) {
	r, dir := newTestRegistry(t), t.TempDir()
	plan := resolve(t, nil, r.pushImage(t, "a:1"))
	fetch(t, plan, dir)
	image := plan.images[0]
	f := &fetching{layout: filepath.Join(dir, imagesFolder), transfer: newTransfer(0, nil)}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := f.node(ctx, image, image.nodes[0]); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	openBundle(t, dir)
	path := blobPath(f.layout, image.nodes[0].Digest)
	if err := errors.Join(os.Remove(path), os.Symlink(filepath.Base(path), path)); err != nil { // cannot be read
		t.Fatal(err)
	}
	if err := f.node(t.Context(), image, image.nodes[0]); err == nil || !strings.Contains(err.Error(), "cannot read") {
		t.Errorf("%v", err)
	}
	if _, err := os.Lstat(path); err != nil {
		t.Error(err)
	}
}
