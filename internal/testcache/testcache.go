// Package testcache finds what .ci/peers installed for the tests: third-party
// servers, clients and images.
//
// If something is missing, the test is skipped, or fails if
// ZENML_TEST_REQUIRE_PEERS is set.
package testcache

import (
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
)

// Skipped is set when a test of this process was skipped because something is
// missing.
var Skipped atomic.Bool

// Path returns the path of what .ci/peers installed under this name.
func Path(t testing.TB, name string) string {
	t.Helper()
	path, err := locate(name)
	if err != nil {
		Missing(t, name+" is missing: run .ci/peers")
	}
	return path
}

func locate(name string) (string, error) {
	cache := os.Getenv("XDG_CACHE_HOME") //nolint:forbidigo // .ci/peers reads it too
	if cache == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", err
		}
		cache = filepath.Join(home, ".cache")
	}
	path := filepath.Join(cache, "zenml-installer", "peers", name)
	_, err := os.Stat(path) //nolint:gosec // a path in the cache
	return path, err
}

// Missing skips a test, or fails it if ZENML_TEST_REQUIRE_PEERS is set.
func Missing(t testing.TB, reason string) {
	t.Helper()
	Skipped.Store(true)
	if os.Getenv("ZENML_TEST_REQUIRE_PEERS") != "" { //nolint:forbidigo // set by .ci/run
		t.Fatalf("%s (ZENML_TEST_REQUIRE_PEERS is set)", reason)
	}
	t.Skip(reason)
}
