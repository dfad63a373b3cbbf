package rendertest

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// Golden compares got with a golden file, or updates the file.
func Golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("..", "testdata", "golden", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	usedGoldens.Store(path, true)
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, got) {
		t.Errorf(
			"%s differs (go test ./render/... -update writes it again):\n%s",
			path,
			cmp.Diff(string(want), string(got)),
		)
	}
}

// usedGoldens are the golden files that tests requested.
var usedGoldens sync.Map

// NoneLeftOver fails for golden files in a folder that no test uses.
func NoneLeftOver(t *testing.T, dir string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "testdata", "golden", dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		if _, ok := usedGoldens.Load(path); !ok {
			t.Errorf("%s is left over: remove it", path)
		}
	}
}
