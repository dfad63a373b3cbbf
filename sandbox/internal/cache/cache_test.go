package cache

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func silent(string) {}

func TestEnsure(t *testing.T) {
	c := Cache{Dir: t.TempDir()}
	built := 0
	build := func(dir string) error {
		built++
		return os.WriteFile(filepath.Join(dir, "file"), []byte("content"), 0o600)
	}
	for range 2 {
		path, err := c.Ensure(t.Context(), "part", silent, build)
		if err != nil {
			t.Fatal(err)
		}
		if data, err := os.ReadFile(filepath.Join(path, "file")); err != nil || string(data) != "content" {
			t.Errorf("file %q, %v", data, err)
		}
	}
	if built != 1 {
		t.Errorf("built %d times, want once", built)
	}
}

func TestEnsure_failedBuild(t *testing.T) {
	c := Cache{Dir: t.TempDir()}
	failure := errors.New("no space")
	build := func(dir string) error {
		_ = os.WriteFile(filepath.Join(dir, "half"), nil, 0o600)
		return failure
	}
	if _, err := c.Ensure(t.Context(), "part", silent, build); !errors.Is(err, failure) {
		t.Errorf("error %v, want %v", err, failure)
	}
	if found, _ := filepath.Glob(filepath.Join(c.Dir, "*part*")); len(found) > 0 {
		t.Errorf("a failed build left %v", found)
	}
}

func TestEnsure_oneBuilderAtATime(t *testing.T) {
	c := Cache{Dir: t.TempDir()}
	var built, told atomic.Int32
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			_, err := c.Ensure(t.Context(), "part", func(string) { told.Add(1) }, func(string) error {
				built.Add(1)
				time.Sleep(100 * time.Millisecond) // long enough for the others to wait for the lock
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if built.Load() != 1 || told.Load() == 0 {
		t.Errorf("built %d times, told %d times to wait", built.Load(), told.Load())
	}
}

func TestEnsure_interruptedWhileWaiting(t *testing.T) {
	c := Cache{Dir: t.TempDir()}
	lock, err := c.lock(t.Context(), silent)
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Unlock()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := c.Ensure(ctx, "part", silent, nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v, want the deadline's", err)
	}
}

func TestPrune(t *testing.T) {
	c := Cache{Dir: t.TempDir()}
	for _, name := range []string{unfinished + "killed", "old", "recent"} {
		if err := os.Mkdir(filepath.Join(c.Dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	long := time.Now().Add(-2 * keepUnused)
	if err := os.Chtimes(filepath.Join(c.Dir, "old"), long, long); err != nil {
		t.Fatal(err)
	}
	c.prune()
	for name, want := range map[string]bool{unfinished + "killed": false, "old": false, "recent": true} {
		if _, got := c.Find(name); got != want {
			t.Errorf("%s is there: %t, want %t", name, got, want)
		}
	}
}
