package state

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func newDir(t *testing.T, name string) Dir {
	t.Helper()
	dir, err := NewDir(filepath.Join(t.TempDir(), "state"), name)
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestNames(t *testing.T) {
	for name, valid := range map[string]bool{
		"default": true, "a": true, "a-1": true, "": false, "-a": false, "a-": false, "A": false, "a/b": false, "..": false,
		"a234567890123456789012345678901b": true, "a2345678901234567890123456789012b": false,
	} {
		if _, err := NewDir("/nowhere", name); (err == nil) != valid {
			t.Errorf("name %q: %v, want valid=%t", name, err, valid)
		}
	}
}

func TestCgroupsAreDistinct(t *testing.T) {
	a, b := Dir{Root: "/a", Name: "x"}, Dir{Root: "/b", Name: "x"}
	if a.Cgroup() == b.Cgroup() || a.Cgroup() != (Dir{Root: "/a", Name: "x"}).Cgroup() {
		t.Errorf("cgroups %s and %s", a.Cgroup(), b.Cgroup())
	}
}

func TestLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	first, err := TryLock(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := TryLock(path); !errors.Is(err, ErrLocked) {
		t.Errorf("second lock: %v, want ErrLocked", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := WaitLock(ctx, path); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("waiting for a held lock: %v", err)
	}
	if err := first.Remove(); err != nil {
		t.Fatal(err)
	}
	second, err := WaitLock(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	second.Unlock()
}

func TestCurrent(t *testing.T) {
	dir := newDir(t, "default")
	if record, err := Current(dir); err != nil || record.State != Stopped {
		t.Fatalf("without a folder: %+v, %v", record, err)
	}
	if err := dir.Create(); err != nil {
		t.Fatal(err)
	}
	life, err := TryLock(dir.LifeLock())
	if err != nil {
		t.Fatal(err)
	}
	record := &Record{Version: 1, Name: dir.Name, State: Running}
	if err := record.Write(dir); err != nil {
		t.Fatal(err)
	}
	if got, err := Current(dir); err != nil || got.State != Running || len(got.Failures) != 0 {
		t.Errorf("with a living supervisor: %+v, %v", got, err)
	}
	life.Unlock()
	if got, err := Current(dir); err != nil || got.State != Broken || got.Failures[0].Component != "supervisor" {
		t.Errorf("without a supervisor: %+v, %v", got, err)
	}
	record.State = Stopped
	if err := record.Write(dir); err != nil {
		t.Fatal(err)
	}
	if got, err := Current(dir); err != nil || got.State != Stopped {
		t.Errorf("after a clean end: %+v, %v", got, err)
	}
}

func TestFilesAreForTheOwnerAlone(t *testing.T) {
	dir := newDir(t, "default")
	if err := dir.Create(); err != nil {
		t.Fatal(err)
	}
	if err := (&Record{}).Write(dir); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]os.FileMode{
		dir.Root: 0o700, dir.Path(): 0o700, dir.Logs(): 0o700, dir.Record(): 0o600,
	} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != want {
			t.Errorf("%s has mode %v, want %v", path, info.Mode().Perm(), want)
		}
	}
}

func TestList(t *testing.T) {
	root := filepath.Join(t.TempDir(), "state")
	if names, err := List(root); err != nil || len(names) != 0 {
		t.Errorf("missing root: %v, %v", names, err)
	}
	for _, name := range []string{"b", "a"} {
		if err := (Dir{Root: root, Name: name}).Create(); err != nil {
			t.Fatal(err)
		}
	}
	names, err := List(root)
	if err != nil || len(names) != 2 || names[0] != "a" || names[1] != "b" {
		t.Errorf("names %v, %v", names, err)
	}
}
