package database

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
)

// Engine is an installed database server.
type Engine struct {
	// Kind is MySQL, MariaDB or Memory.
	Kind string `json:"kind"`
	// Program is the path of the server; empty for Memory.
	Program string `json:"program,omitempty"`
	// Data is an initialized data folder to copy. It is empty for MariaDB,
	// whose installer creates one.
	Data string `json:"data,omitempty"`
}

// Programs of MariaDB. Debian puts the server into a folder that is not in every PATH.
const (
	mariadbServer    = "mariadbd"
	mariadbInstaller = "mariadb-install-db"
)

// reportedVersion is the version that MariaDB reports: clients that require
// MySQL 8 reject its own.
const reportedVersion = "8.0.41"

// FindMariaDB returns this machine's MariaDB, if it is installed.
func FindMariaDB() (Engine, bool) {
	server, installer := find(mariadbServer), find(mariadbInstaller)
	return Engine{Kind: MariaDB, Program: server}, server != "" && installer != ""
}

func find(name string) string {
	for _, candidate := range []string{name, "/usr/sbin/" + name} {
		if path, err := exec.LookPath(candidate); err == nil {
			return path
		}
	}
	return ""
}

// Files are the folder and the certificate of one server.
type Files struct {
	Dir           string // the server's own folder
	CA, Cert, Key string // PEM files
}

func (f Files) data() string { return filepath.Join(f.Dir, "data") }

// Socket returns the path of the socket for the administrator's login.
func (f Files) Socket() string { return filepath.Join(f.Dir, "socket") }

// Prepare creates the data folder of a new server.
func (e Engine) Prepare(ctx context.Context, files Files) error {
	if err := os.MkdirAll(files.Dir, 0o700); err != nil {
		return fmt.Errorf("create database folder: %w", err)
	}
	if e.Kind == MySQL {
		if err := os.CopyFS(files.data(), os.DirFS(e.Data)); err != nil {
			return fmt.Errorf("create database folder: %w", err)
		}
		return nil
	}
	args := append(
		[]string{
			"--no-defaults",
			"--datadir=" + files.data(),
			"--skip-test-db",
			"--auth-root-authentication-method=normal",
			"--skip-name-resolve",
			"--innodb-log-file-size=4M",
		},
		asRoot()...)
	command := exec.CommandContext(ctx, find(mariadbInstaller), args...) //nolint:gosec // MariaDB's own installer
	command.Dir = "/"
	if out, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("initialize MariaDB: %w: %s", err, out)
	}
	return nil
}

// Args returns the server's arguments to listen on host:port. They trade
// durability and statistics for speed and memory.
func (e Engine) Args(files Files, host string, port int) []string {
	args := []string{
		"--datadir=" + files.data(), "--tmpdir=" + files.Dir, "--socket=" + files.Socket(), "--pid-file=" + filepath.Join(files.Dir, "pid"),
		"--bind-address=" + host, "--port=" + strconv.Itoa(port), "--skip-name-resolve", "--skip-log-bin",
		"--ssl-ca=" + files.CA, "--ssl-cert=" + files.Cert, "--ssl-key=" + files.Key,
		"--innodb-buffer-pool-size=32M", "--innodb-flush-log-at-trx-commit=0", "--performance-schema=OFF",
	}
	if e.Kind == MySQL {
		args = append(args, "--innodb-redo-log-capacity=8M", "--innodb-log-buffer-size=1M", "--table-open-cache=400")
	} else {
		args = append([]string{"--no-defaults"}, append(args, "--innodb-log-file-size=4M", "--version="+reportedVersion)...)
	}
	return append(args, asRoot()...)
}

// asRoot allows MariaDB to run as root, which it refuses by default: the
// sandbox's folders belong to root.
func asRoot() []string {
	if os.Geteuid() == 0 {
		return []string{"--user=root"}
	}
	return nil
}
