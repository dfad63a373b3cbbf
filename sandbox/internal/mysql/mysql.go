// Package mysql unpacks a MySQL server from Debian's packages into the cache,
// independent of what is installed on this machine.
package mysql

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/zenml-installer/zenml-installer/sandbox/internal/cache"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/debian"
)

// serverPackage is MySQL's server, which stable Debian releases do not have.
const serverPackage = "mysql-server-core"

// ProgramIn returns the program in the folder that Prepare returns: a script
// that starts mysqld with its own loader.
func ProgramIn(dir string) string { return filepath.Join(dir, "mysqld") }

// DataIn returns the initialized data folder in the folder that Prepare
// returns, a template for every server. Its root user has no password.
func DataIn(dir string) string { return filepath.Join(dir, "data") }

//go:embed mysqld.sh
var script []byte

// Missing returns the programs that this machine lacks to unpack the server.
func Missing() []string {
	if runtime.GOOS != "linux" {
		return []string{"MySQL from Debian packages needs Linux"}
	}
	return debian.Missing()
}

// Prepare returns the folder of the server, and downloads it first if it is not
// cached.
func Prepare(ctx context.Context, c cache.Cache, say func(string)) (string, error) {
	name := "mysql-" + runtime.GOARCH + "-1"
	if dir, ok := c.Find(name); ok {
		return dir, nil
	}
	if missing := Missing(); len(missing) > 0 {
		return "", errors.New(strings.Join(missing, "; "))
	}
	dir, err := c.Ensure(ctx, name, say, func(dir string) error { return unpack(ctx, dir, say) })
	if err != nil {
		return "", fmt.Errorf("get MySQL: %w", err)
	}
	return dir, nil
}

func unpack(ctx context.Context, dir string, say func(string)) error {
	say("downloading MySQL as Debian packages, once: less than a minute")
	if err := debian.Unpack(ctx, filepath.Join(dir, "root"), debian.Unstable, serverPackage); err != nil {
		return err
	}
	program := ProgramIn(dir)
	if err := os.WriteFile(program, script, 0o755); err != nil { //nolint:gosec // a program
		return err
	}
	say("initializing MySQL's data folder")
	data := DataIn(dir)
	args := []string{"--initialize-insecure", "--datadir=" + data, "--innodb-redo-log-capacity=8M"}
	if os.Geteuid() == 0 {
		args = append(args, "--user=root")
	}
	command := exec.CommandContext(ctx, program, args...) //nolint:gosec // the script above
	if out, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("initialize MySQL: %w: %s", err, out)
	}
	return dropIdentity(data)
}

// dropIdentity removes what must differ between servers: their id and their
// keys. A server creates new ones when it starts.
func dropIdentity(data string) error {
	keys, err := filepath.Glob(filepath.Join(data, "*.pem"))
	if err != nil {
		return err
	}
	for _, file := range append(keys, filepath.Join(data, "auto.cnf")) {
		if err := os.Remove(file); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}
