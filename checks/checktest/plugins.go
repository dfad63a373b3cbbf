package checktest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/zenml-installer/zenml-installer/internal/testcache"
)

var pluginsMutex sync.Mutex

// MariaDBPlugins returns a folder with the plugins of Debian's package mariadb-server,
// which it downloads once without installing it. The server runs as another user, so the
// folder is not in the cache.
func MariaDBPlugins(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "mariadb-plugins")
	Must(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	Must(t, os.Chmod(dir, 0o755)) //nolint:gosec // the server runs as another user
	cache := cachedPlugins(t)
	for _, name := range []string{"auth_ed25519.so", "auth_pam_v1.so"} {
		content, err := os.ReadFile(filepath.Join(cache, name)) //nolint:gosec // a file of this package
		Must(t, err)
		Must(t, os.WriteFile(filepath.Join(dir, name), content, 0o644)) //nolint:gosec // as above
	}
	return dir
}

// cachedPlugins returns the folder in the user's cache.
func cachedPlugins(t *testing.T) string {
	t.Helper()
	pluginsMutex.Lock()
	defer pluginsMutex.Unlock()
	cache, err := os.UserCacheDir()
	Must(t, err)
	dir := filepath.Join(cache, "zenml-installer", "mariadb-plugins")
	if _, err := os.Stat(filepath.Join(dir, "auth_ed25519.so")); err == nil {
		return dir
	}
	temp, err := os.MkdirTemp("", "mariadb-plugins")
	Must(t, err)
	defer func() { _ = os.RemoveAll(temp) }()
	script := "apt-get download mariadb-server && dpkg-deb -x mariadb-server_*.deb . && mkdir -p \"$1\" && " +
		"cp usr/lib/mysql/plugin/auth_*.so \"$1\" && chmod 755 \"$1\""
	command := exec.CommandContext(t.Context(), "sh", "-c", script, "sh", dir)
	command.Dir = temp
	if out, err := command.CombinedOutput(); err != nil {
		testcache.Missing(t, fmt.Sprintf("the plugins of Debian's package mariadb-server are missing: %v\n%s", err, out))
	}
	return dir
}
