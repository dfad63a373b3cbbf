package bounded

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestReadAll(t *testing.T) {
	if data, err := ReadAll(strings.NewReader("1234"), 4); err != nil || string(data) != "1234" {
		t.Errorf("at the limit: %q, %v", data, err)
	}
	_, err := ReadAll(io.MultiReader(strings.NewReader("1234"), strings.NewReader("5")), 4)
	var size *SizeError
	if !errors.As(err, &size) || err.Error() != "larger than 4 bytes" {
		t.Errorf("above the limit: %v", err)
	}
}

func TestReadFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte("1234"), 0o600); err != nil {
		t.Fatal(err)
	}
	if data, err := ReadFile(t.Context(), path, 4); err != nil || string(data) != "1234" {
		t.Errorf("%q, %v", data, err)
	}
	if _, err := ReadFile(t.Context(), path+".none", 4); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
}

func TestDoReturnsWhenTheContextEnds(t *testing.T) {
	stopped := errors.New("stopped")
	ctx, cancel := context.WithTimeoutCause(t.Context(), 10*time.Millisecond, stopped)
	defer cancel()
	release := make(chan struct{})
	defer close(release)
	if _, err := Do(ctx, func() (int, error) { <-release; return 1, nil }); !errors.Is(err, stopped) {
		t.Error(err)
	}
}

func TestSize(t *testing.T) {
	for n, want := range map[int64]string{1 << 20: "1 MiB", 3 << 10: "3 KiB", 1500: "1500 bytes"} {
		if got := Size(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}
