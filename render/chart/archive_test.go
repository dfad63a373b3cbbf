package chart

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// TestArchive packages a folder, and returns a packaged chart as it is.
func TestArchive(t *testing.T) {
	folder, err := Load(t.Context(), Source{Ref: filepath.Join("..", "..", "sandbox", "charts", "current")})
	if err != nil {
		t.Fatal(err)
	}
	packaged, err := folder.Archive()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "chart.tgz")
	if err := os.WriteFile(path, packaged, 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := Load(t.Context(), Source{Ref: path})
	if err != nil {
		t.Fatal(err)
	}
	if file.Info.Version != folder.Info.Version || file.Info.Name != folder.Info.Name {
		t.Errorf("%s %s", file.Info.Name, file.Info.Version)
	}
	if again, err := file.Archive(); err != nil || !bytes.Equal(again, packaged) {
		t.Errorf("%d bytes instead of %d (%v)", len(again), len(packaged), err)
	}
}
