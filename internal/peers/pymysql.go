package peers

import (
	"path/filepath"
	"testing"
)

// Python returns the path of a Python interpreter that has PyMySQL, the client
// by which the server talks to MySQL.
func Python(t testing.TB) string {
	t.Helper()
	return filepath.Join(program(t, "pymysql"), "bin", "python3")
}
