package teardown

import (
	"os"
	"os/exec"
	"testing"

	"github.com/zenml-installer/zenml-installer/sandbox/internal/state"
)

func newDir(t *testing.T) state.Dir {
	t.Helper()
	dir, err := state.NewDir(t.TempDir(), "gone")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestDownOfNothing(t *testing.T) {
	if err := Down(t.Context(), newDir(t)); err != nil {
		t.Error(err)
	}
}

// TestDownWithoutARecord removes a sandbox with a damaged record and without a
// supervisor, of which a process is still running.
func TestDownWithoutARecord(t *testing.T) {
	dir := newDir(t)
	if err := dir.Create(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(dir.Record(), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	left := exec.Command("sleep", "600")
	left.Env = append(os.Environ(), EnvMarker+"="+dir.Path())
	other := exec.Command("sleep", "600")
	other.Env = append(os.Environ(), EnvMarker+"="+dir.Path()+"-other")
	for _, cmd := range []*exec.Cmd{left, other} {
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
	}
	defer func() { _, _ = other.Process.Kill(), other.Wait() }()
	ended := make(chan error, 1)
	go func() { ended <- left.Wait() }()
	if err := Down(t.Context(), dir); err != nil {
		t.Error(err)
	}
	if err := <-ended; err == nil {
		t.Error("the left process ended by itself")
	}
	if dir.Exists() {
		t.Error("files are left")
	}
	if len(processes(state.Dir{Root: dir.Root, Name: "gone-other"})) != 1 {
		t.Error("the process of another sandbox was killed")
	}
}
