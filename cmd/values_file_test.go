package cmd

import (
	"bytes"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// wantFile fails the test unless a file has the content.
func wantFile(t *testing.T, path, content string) {
	t.Helper()
	if data, err := os.ReadFile(path); err != nil || string(data) != content {
		t.Errorf("%s contains %q (%v), want %q", path, data, err, content)
	}
}

func TestWriteThroughLink(t *testing.T) {
	dir, elsewhere := t.TempDir(), t.TempDir()
	target, far := filepath.Join(elsewhere, "values.yaml"), filepath.Join(elsewhere, "not-yet.yaml")
	if err := os.WriteFile(target, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	for link, to := range map[string]string{"first": target, "second": "first", "third": far} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	if err := writeValues(t.Context(), filepath.Join(dir, "second"), []byte("new"), false); err == nil {
		t.Error("other content was overwritten without permission")
	}
	for link, written := range map[string]string{"second": target, "third": far} {
		path := filepath.Join(dir, link)
		if err := writeValues(t.Context(), path, []byte("new"), true); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Lstat(path); err != nil || info.Mode()&fs.ModeSymlink == 0 {
			t.Errorf("%s is not a link any more: %v %v", link, info, err)
		}
		wantFile(t, written, "new")
		if info, err := os.Stat(written); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", written, info, err)
		}
	}
}

func TestLinkLoop(t *testing.T) {
	path := filepath.Join(t.TempDir(), "self")
	if err := os.Symlink("self", path); err != nil {
		t.Fatal(err)
	}
	if err := writeValues(t.Context(), path, []byte("new"), true); err == nil {
		t.Error("a loop of links was written")
	}
}

func TestFolderIsRefused(t *testing.T) {
	p := nowhere(t)
	args := append([]string{"generate", "-f", "../assets/answers/minimal.yaml", "--output", p.dir},
		standIn("current")...)
	p.runs(args...).want(t, exitUsage, "is a folder", "--output")
}

// A pipe has no content to compare: reading it would wait for a writer.
func TestWriteToPipe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if out, err := exec.Command("mkfifo", path).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	got := make(chan []byte)
	go func() {
		f, err := os.Open(path)
		if err != nil {
			t.Error(err)
		}
		data, _ := io.ReadAll(f)
		_ = f.Close()
		got <- data
	}()
	if err := writeValues(t.Context(), path, []byte("through"), false); err != nil {
		t.Fatal(err)
	}
	if data := <-got; string(data) != "through" {
		t.Errorf("got %q", data)
	}
	if info, err := os.Lstat(path); err != nil || info.Mode()&fs.ModeNamedPipe == 0 {
		t.Errorf("the pipe is gone: %v %v", info, err)
	}
}

func TestWriteToDevice(t *testing.T) {
	path := filepath.Join(t.TempDir(), "null")
	if out, err := exec.Command("mknod", path, "c", "1", "3").CombinedOutput(); err != nil {
		t.Logf("creating a device is not permitted (%s)", bytes.TrimSpace(out))
		return
	}
	if err := writeValues(t.Context(), path, []byte("gone"), true); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Lstat(path); err != nil || info.Mode()&fs.ModeDevice == 0 {
		t.Errorf("the device was replaced: %v %v", info, err)
	}
}

// TestOwnValues recognizes a values file that nobody has edited since it was written for
// the same release.
func TestOwnValues(t *testing.T) {
	path := filepath.Join(t.TempDir(), "custom-values.yaml")
	own, other := ownValues{path, "kind/ml/zen"}, ownValues{path, "kind/ml/other"}
	write := func(content string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("a: 1\n")
	if own.isUnedited(t.Context()) {
		t.Error("a file of somebody else is taken for the installer's")
	}
	own.remember([]byte("a: 1\n"))
	record, err := own.record()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Remove(record) })
	if !own.isUnedited(t.Context()) || other.isUnedited(t.Context()) {
		t.Errorf("of this release: %t, of another one: %t", own.isUnedited(t.Context()), other.isUnedited(t.Context()))
	}
	write("a: 2\n")
	if own.isUnedited(t.Context()) {
		t.Error("an edited file is taken for the installer's")
	}
}
