package cmd

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Writing to redirected output appends to the file. The test uses its own path,
// because /dev/stdout is shared.
func TestWriteToStdoutByName(t *testing.T) {
	dir := t.TempDir()
	path, stdout := filepath.Join(dir, "all"), filepath.Join(dir, "stdout")
	if err := os.Symlink("/proc/self/fd/1", stdout); err != nil {
		t.Fatal(err)
	}
	generate := `"$0" generate -f ../assets/answers/minimal.yaml --chart ../sandbox/charts/current --force --output ` + stdout
	inShell(t, "exec >> "+path+"; echo before; "+generate+"; echo after")
	data, err := os.ReadFile(path)
	if err != nil || !bytes.HasPrefix(data, []byte("before\n")) || !bytes.Contains(data, []byte("\nserver:")) ||
		!bytes.HasSuffix(data, []byte("after\n")) {
		t.Errorf("got %s (%v)", data, err)
	}
	if out := inShell(t, generate+" | cat"); !bytes.Contains(out, []byte("\nserver:")) {
		t.Errorf("through a pipe: %s", out)
	}
}

// inShell runs a script with the installer as $0.
func inShell(t *testing.T, script string) []byte {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("bash", "-euo", "pipefail", "-c", script, self)
	cmd.Env = append(os.Environ(), asInstaller+"=1")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v", script, err)
	}
	return out
}
