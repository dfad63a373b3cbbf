package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// binary is the built sandbox.
var binary string

func TestMain(m *testing.M) {
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// run builds the sandbox and creates a state folder for the tests.
func run(m *testing.M) (int, error) {
	build := exec.Command("../build.sh")
	build.Stderr = os.Stderr
	path, err := build.Output()
	if err != nil {
		return 0, fmt.Errorf("build the sandbox: %w", err)
	}
	binary = strings.TrimSpace(string(path))
	root, err := os.MkdirTemp("", "zenml-sandbox-test-")
	if err != nil {
		return 0, err
	}
	if err := os.Setenv("ZENML_SANDBOX_STATE", filepath.Join(root, "state")); err != nil {
		return 0, err
	}
	code := m.Run()
	if out, err := exec.Command(binary, "down", "--all").CombinedOutput(); err != nil {
		return code, fmt.Errorf("down --all: %w\n%s", err, out)
	}
	return code, os.RemoveAll(root)
}
