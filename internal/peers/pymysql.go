package peers

import (
	"path/filepath"
	"testing"

	"github.com/zenml-installer/zenml-installer/internal/testcache"
)

// Python returns the path of a Python interpreter that has PyMySQL, the MySQL client of the ZenML server.
func Python(t testing.TB) string {
	t.Helper()
	return filepath.Join(testcache.Path(t, "pymysql"), "bin", "python3")
}
