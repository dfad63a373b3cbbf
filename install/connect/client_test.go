package connect

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/internal/testcache"
)

// python prints a version if it is asked for the package's, as a Python with the client does.
const python = "#!/bin/sh\n[ \"$1\" = -c ] && echo 0.84.3\n"

func TestClientVersion(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a script without a first line that names its program")
	}
	const long = "#!/bin/sh\n'''exec' \"PYTHON\" \"$0\" \"$@\"\n' '''\n"
	for name, c := range map[string]struct{ script, want string }{
		"first line names Python":     {"#!PYTHON\n", "0.84.3"},
		"path too long for that line": {long, "0.84.3"},
		"script of a shell":           {"#!/bin/sh\nexec something\n", ""},
		"Python that is missing":      {"#!/no/such/python3\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			interpreter := filepath.Join(dir, "python3")
			write(t, interpreter, python)
			write(t, filepath.Join(dir, "zenml"), strings.ReplaceAll(c.script, "PYTHON", interpreter))
			path := t.TempDir() + string(os.PathListSeparator) + dir
			if got := ClientVersion(t.Context(), path); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	if got := ClientVersion(t.Context(), t.TempDir()); got != "" {
		t.Errorf("got %q without a client", got)
	}
}

func TestClientVersion_real(t *testing.T) {
	bin := filepath.Join(testcache.Path(t, "zenml"), "bin")
	if got := ClientVersion(t.Context(), bin); got != "0.98.0" {
		t.Errorf("got %q, want 0.98.0", got)
	}
}

func TestCompareClient(t *testing.T) {
	for name, c := range map[string]struct{ client, server, want string }{
		"same":    {"0.98.0", "0.98.0", ""},
		"unknown": {"", "0.98.0", ""},
		"older": {"0.84.3", "0.98.0", "The zenml client on this machine is 0.84.3, older than the server (0.98.0). " +
			"Install the server's version with: pip install \"zenml==0.98.0\""},
		"newer": {"0.98.1", "0.98.0", "The zenml client on this machine is 0.98.1, newer than the server (0.98.0). " +
			"Install the server's version with: pip install \"zenml==0.98.0\""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := CompareClient(c.client, c.server); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// write writes a program.
func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o700); err != nil { //nolint:gosec // it must be executable
		t.Fatal(err)
	}
}
