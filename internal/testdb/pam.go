package testdb

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
)

// nobody is Linux's unprivileged user.
const nobody = 65534

// underPAM returns the command that runs a server with its own rules of PAM: in a mount namespace, whose /etc/pam.d
// is a folder of the test.
func underPAM(t testing.TB, dir, rules string, server []string) *exec.Cmd {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("rules of PAM need root")
	}
	check(t, os.Mkdir(dir, 0o755))                                            //nolint:gosec // the server runs as another user
	check(t, os.WriteFile(filepath.Join(dir, "zenml"), []byte(rules), 0o644)) //nolint:gosec // as above
	const mount = `mount --bind "$1" /etc/pam.d && shift && exec setpriv --reuid "$1" --regid "$1" --clear-groups ` +
		`--pdeathsig KILL -- "${@:2}"`
	args := append([]string{"--mount", "bash", "-c", mount, "bash", dir, strconv.Itoa(nobody)}, server...)
	cmd := exec.Command("unshare", args...) //nolint:gosec,noctx // it ends with the test
	cmd.Dir, cmd.SysProcAttr = "/", endWithTest()
	return cmd
}
