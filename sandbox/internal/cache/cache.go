// Package cache stores build results in the user's cache folder, for all
// sandboxes and checkouts.
package cache

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/adrg/xdg"

	"github.com/zenml-installer/zenml-installer/sandbox/internal/state"
)

const (
	unfinished = ".new-" // prefix of folders whose build has not finished
	keepUnused = 30 * 24 * time.Hour
)

// Cache is a folder of finished builds.
type Cache struct{ Dir string }

// Default returns the cache in the user's XDG cache folder.
func Default() Cache {
	return Cache{Dir: filepath.Join(xdg.CacheHome, "zenml-installer", "parts")}
}

// Find returns the folder of a finished build.
func (c Cache) Find(name string) (string, bool) {
	path := filepath.Join(c.Dir, name)
	if _, err := os.Stat(path); err != nil {
		return "", false
	}
	now := time.Now()
	_ = os.Chtimes(path, now, now) // records the last use
	return path, true
}

// Ensure returns the folder called name and builds it first if it is missing. A
// build fills a temporary folder that is renamed on success, so a failed or
// interrupted one leaves nothing. One process builds at a time.
func (c Cache) Ensure(
	ctx context.Context,
	name string,
	say func(string),
	build func(dir string) error,
) (string, error) {
	if path, ok := c.Find(name); ok {
		return path, nil
	}
	lock, err := c.lock(ctx, say)
	if err != nil {
		return "", err
	}
	defer lock.Unlock()
	if path, ok := c.Find(name); ok {
		return path, nil
	}
	c.prune()
	temporary := filepath.Join(c.Dir, unfinished+name)
	defer func() { _ = os.RemoveAll(temporary) }()
	if err := os.Mkdir(temporary, 0o755); err != nil { //nolint:gosec // other users run its content
		return "", fmt.Errorf("create cache folder: %w", err)
	}
	if err := build(temporary); err != nil {
		return "", err
	}
	path := filepath.Join(c.Dir, name)
	if err := os.Rename(temporary, path); err != nil {
		return "", fmt.Errorf("finish cache folder: %w", err)
	}
	return path, nil
}

// lock waits until no other process builds.
func (c Cache) lock(ctx context.Context, say func(string)) (*state.Lock, error) {
	path := filepath.Join(c.Dir, ".lock")
	lock, err := state.TryLock(path)
	if errors.Is(err, state.ErrLocked) {
		say("waiting for another process that builds in " + c.Dir)
		lock, err = state.WaitLock(ctx, path)
	}
	if err != nil {
		return nil, fmt.Errorf("build in the cache: %w", err)
	}
	return lock, nil
}

// prune removes the leftovers of killed builds and folders that were not used
// for a month. The caller must hold the lock.
func (c Cache) prune() {
	entries, _ := os.ReadDir(c.Dir)
	for _, entry := range entries {
		if !entry.IsDir() {
			continue
		}
		info, err := entry.Info()
		old := err == nil && time.Since(info.ModTime()) > keepUnused
		if old || strings.HasPrefix(entry.Name(), unfinished) {
			_ = os.RemoveAll(filepath.Join(c.Dir, entry.Name()))
		}
	}
}
