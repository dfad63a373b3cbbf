package testdb

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/zenml-installer/zenml-installer/internal/testcache"
)

// Install is the command that installs MariaDB on a Debian machine.
const Install = "apt-get install -y mariadb-server-core mariadb-client-core"

// product is an installed database server.
type product struct {
	kind      Kind
	server    string // path of its program
	installer string // path of the program that initializes MariaDB's data folder
	template  string // initialized data folder of MySQL
}

// find returns the product, or skips or fails the test.
func find(t testing.TB, kind Kind) product {
	t.Helper()
	if kind == MySQL {
		dir := testcache.Path(t, "mysql")
		return product{kind: kind, server: filepath.Join(dir, "mysqld"), template: filepath.Join(dir, "data")}
	}
	return product{kind: kind, server: program(t, "mariadbd"), installer: program(t, "mariadb-install-db")}
}

// program returns the path of a MariaDB program. Debian installs the server in
// a folder that may not be in PATH.
func program(t testing.TB, name string) string {
	t.Helper()
	for _, candidate := range []string{name, "/usr/sbin/" + name} {
		if path, err := exec.LookPath(candidate); err == nil {
			return path
		}
	}
	if testing.Short() {
		t.Skipf("%s is missing, and -short was asked for", name)
	}
	t.Fatalf("%s is missing: %s", name, Install)
	return ""
}

// install creates the data folder and the folder for temporary files.
func (p product) install(t testing.TB, dir string) {
	t.Helper()
	data, temp := filepath.Join(dir, "data"), filepath.Join(dir, "tmp")
	check(t, os.Chmod(dir, 0o755)) //nolint:gosec // the server may run as another user
	check(t, os.Mkdir(temp, 0o700))
	p.chown(t, temp)
	if p.kind == MySQL {
		check(t, os.CopyFS(data, os.DirFS(p.template)))
		return
	}
	check(t, os.Mkdir(data, 0o700))
	p.chown(t, data)
	cmd := exec.Command(
		p.installer,
		"--no-defaults",
		"--datadir="+data,
		"--skip-test-db", //nolint:gosec,noctx // MariaDB's own
		"--auth-root-authentication-method=normal",
		"--skip-name-resolve",
		"--innodb-log-file-size=4M",
		"--tmpdir="+temp,
	)
	cmd.Dir, cmd.SysProcAttr = "/", p.attributes()
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("mariadb-install-db: %v\n%s", err, out)
	}
}

// flags are specific to the product. The first one must be the first argument.
func (p product) flags() []string {
	if p.kind == MariaDB {
		return []string{"--no-defaults", "--innodb-log-file-size=4M"}
	}
	flags := []string{"--innodb-redo-log-capacity=8M", "--skip-log-bin", "--performance-schema=OFF",
		"--table-open-cache=400"}
	if os.Geteuid() == 0 {
		flags = append(
			flags,
			"--user=root",
		) // the cache belongs to root, so other users cannot run the server from there
	}
	return flags
}

func (p product) withoutTLS() []string {
	if p.kind == MySQL {
		return []string{"--auto-generate-certs=OFF", "--tls-version="}
	}
	return nil
}

// command returns the command that runs the server.
func (p product) command(t testing.TB, dir string, o Options, args []string) *exec.Cmd {
	t.Helper()
	if o.PAM != "" {
		return underPAM(t, filepath.Join(dir, "pam"), o.PAM, append([]string{p.server}, args...))
	}
	cmd := exec.Command(p.server, args...) //nolint:gosec,noctx // it ends with the test
	cmd.Dir, cmd.SysProcAttr = "/", p.attributes()
	return cmd
}

// attributes kills the process when the test ends. MariaDB refuses to run as
// root.
func (p product) attributes() *syscall.SysProcAttr {
	if p.kind == MySQL {
		return endWithTest()
	}
	return unprivileged()
}

// chown changes a file's owner to the server's user.
func (p product) chown(t testing.TB, path string) {
	t.Helper()
	if p.kind == MariaDB {
		chown(t, path)
	}
}
