package bundle

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/internal/manifest"
)

// TestOpenDamaged damages and removes every file of a bundle.
func TestOpenDamaged(t *testing.T) {
	r, dir := newTestRegistry(t), t.TempDir()
	server, _ := r.pushIndex(t, "server:1", "linux/amd64", "linux/arm64")
	fetch(t, resolve(t, nil, server), dir)
	files := 0
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		name, _ := filepath.Rel(dir, path)
		if err != nil || e.IsDir() || name == AnswersFile || name == filepath.Join(imagesFolder, "oci-layout") {
			return err
		}
		files++
		testDamage(t, dir, name)
		return nil
	})
	if err != nil || files != 3+1+2*4 { // index, layout, chart; the image's index; two images
		t.Errorf("%d files (%v)", files, err)
	}
	openBundle(t, dir)
}

// testDamage removes a file and cuts it, and opens the bundle.
func testDamage(t *testing.T, dir, name string) {
	t.Helper()
	path := filepath.Join(dir, name)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, broken := range [][]byte{nil, append([]byte("}{"), data[2:]...), data[:len(data)/2]} {
		err := ignoreMissing(os.Remove(path))
		if err == nil && broken != nil {
			err = os.WriteFile(path, broken, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		_, err = Open(t.Context(), dir)
		if err == nil || !strings.Contains(err.Error(), filepath.ToSlash(name)) &&
			!strings.Contains(err.Error(), IndexFile) || !strings.Contains(err.Error(),
			"generate -f answers.yaml --bundle DIR") {
			t.Errorf("%s with %d bytes: %v", name, len(broken), err)
		}
	}
	if err := errors.Join(ignoreMissing(os.Remove(path)), os.WriteFile(path, data, 0o600)); err != nil {
		t.Fatal(err)
	}
}

func TestOpenOtherFolders(t *testing.T) {
	for content, want := range map[string]string{
		"":              "is not a bundle",
		"version: 2\n":  "has format 2",
		"version: 1\n":  "lists no chart",
		"version: [1\n": "cannot be read",
		"version: 1\ncharts: [{name: x, file: ../x, digest: 'sha256:" + zeros + "'}]\n": "not valid",
	} {
		dir := t.TempDir()
		if content != "" {
			if err := os.WriteFile(filepath.Join(dir, IndexFile), []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := Open(t.Context(), dir); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", content, err)
		}
	}
}

// TestOpenForgedLayout changes the index of the OCI layout, which has no digest.
func TestOpenForgedLayout(t *testing.T) {
	r, dir := newTestRegistry(t), t.TempDir()
	fetch(t, resolve(t, nil, r.pushImage(t, "server:1")), dir)
	path := filepath.Join(dir, layoutIndex)
	written, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, forged := range map[string]string{
		"another media type": strings.Replace(string(written), ".manifest.", ".layer.", 1),
		"too large":          string(written) + strings.Repeat(" ", maxManifest),
	} {
		if err := os.WriteFile(path, []byte(forged), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(t.Context(), dir); err == nil || !strings.Contains(err.Error(), dir+" is damaged: "+layoutIndex) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestUnmirrored renders one image with the registry that it is pushed to, one with its
// own, and one that the bundle does not contain.
func TestUnmirrored(t *testing.T) {
	r, dir := newTestRegistry(t), t.TempDir()
	server, sidecar := r.pushImage(t, "team/server:1"), r.pushImage(t, "team/sidecar:1")
	fetch(t, resolve(t, nil, server, sidecar), dir)
	objects, err := manifest.Parse([]byte("apiVersion: v1\nkind: Pod\nspec: {containers: [" +
		"{image: \"mirror.test/team/server:1\"}, {image: \"" + sidecar + "\"}, {image: busybox}]}\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{sidecar: "mirror.test/team/sidecar:1"}
	if got := openBundle(t, dir).Unmirrored(objects, "mirror.test"); !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
