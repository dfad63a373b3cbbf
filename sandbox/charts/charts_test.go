package charts

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestArchivesHoldBothGenerations(t *testing.T) {
	archives, err := Archives()
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{Current: "0.98.1", Legacy: "0.84.3"}
	if len(archives) != len(want) {
		t.Fatalf("%d archives, want %d", len(archives), len(want))
	}
	for _, a := range archives {
		if a.Name != "zenml" || a.Version != want[a.Generation] || a.AppVersion != a.Version {
			t.Errorf("archive says %s %s (app %s), want zenml %s", a.Name, a.Version, a.AppVersion, want[a.Generation])
		}
		files := unpackBytes(t, a.Data)
		for _, name := range []string{
			"zenml/Chart.yaml", "zenml/values.yaml", "zenml/.helmignore", "zenml/templates/_names.tpl", "zenml/templates/NOTES.txt", "zenml/templates/tests/test-connection.yaml",
		} {
			if len(files[name]) == 0 {
				t.Errorf("%s archive lacks %s", a.Generation, name)
			}
		}
	}
}

func TestArchivesAreReproducible(t *testing.T) {
	first, err := Archives()
	if err != nil {
		t.Fatal(err)
	}
	second, err := Archives()
	if err != nil {
		t.Fatal(err)
	}
	for i := range first {
		if !bytes.Equal(first[i].Data, second[i].Data) {
			t.Errorf("two packagings of %s differ", first[i].Generation)
		}
	}
}

func TestPackageUnderAnotherVersion(t *testing.T) {
	archive, err := Package(Current, "0.99.0")
	if err != nil {
		t.Fatal(err)
	}
	if archive.Version != "0.99.0" || archive.AppVersion != "0.99.0" {
		t.Errorf("archive says %s (app %s), want 0.99.0", archive.Version, archive.AppVersion)
	}
	chart := unpackBytes(t, archive.Data)["zenml/Chart.yaml"]
	if !strings.Contains(chart, "\nversion: 0.99.0\n") ||
		!strings.Contains(chart, "\napiVersion: v2\n") && !strings.HasPrefix(chart, "apiVersion: v2\n") {
		t.Errorf("Chart.yaml is spoilt:\n%s", chart)
	}
}

func TestUnknownGenerationIsAnError(t *testing.T) {
	if _, err := Package("next", ""); err == nil || !strings.Contains(err.Error(), `"next"`) {
		t.Errorf("got %v, want an error that names the generation", err)
	}
}

func TestUnpackWritesWhatTheArchiveHolds(t *testing.T) {
	dir := t.TempDir()
	root, err := Unpack(Legacy, "", dir)
	if err != nil {
		t.Fatal(err)
	}
	archive, err := Package(Legacy, "")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range unpackBytes(t, archive.Data) {
		got, err := os.ReadFile(filepath.Join(filepath.Dir(root), name))
		if err != nil || string(got) != want {
			t.Errorf("%s differs from the archive: %v", name, err)
		}
	}
	if _, err := Unpack(Legacy, "", dir); err == nil {
		t.Error("a second Unpack overwrote the folder, want an error")
	}
}

// unpackBytes reads a .tgz into its files' texts by name.
func unpackBytes(t *testing.T, data []byte) map[string]string {
	t.Helper()
	plain, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for archive := tar.NewReader(plain); ; {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(archive)
		if err != nil {
			t.Fatal(err)
		}
		files[header.Name] = string(text)
	}
}
