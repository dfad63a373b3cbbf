package checktest

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/zenml-installer/zenml-installer/internal/testcache"
)

// MariaDBPlugins returns a folder with plugins of Debian's package mariadb-server. The
// server runs as another user, so the folder is not in the cache.
func MariaDBPlugins(t *testing.T) string {
	t.Helper()
	cached := testcache.Path(t, "mariadb-plugins")
	dir, err := os.MkdirTemp("", "mariadb-plugins")
	Must(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	Must(t, os.Chmod(dir, 0o755)) //nolint:gosec // the server runs as another user
	for _, name := range []string{"auth_ed25519.so", "auth_pam_v1.so"} {
		content, err := os.ReadFile(filepath.Join(cached, name)) //nolint:gosec // a file of .ci/peers
		Must(t, err)
		Must(t, os.WriteFile(filepath.Join(dir, name), content, 0o644)) //nolint:gosec // as above
	}
	return dir
}
