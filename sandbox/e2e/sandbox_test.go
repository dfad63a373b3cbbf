package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/zenml-installer/zenml-installer/sandbox/internal/realnode"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/state"
)

// readyWithin is the start timeout of a built sandbox.
const readyWithin = 20 * time.Second

// sandbox is a sandbox that a test started.
type sandbox struct {
	*state.Record
	config *rest.Config
	client kubernetes.Interface
}

// needReal skips a test if real nodes cannot run.
func needReal(t *testing.T) {
	t.Helper()
	if missing := realnode.Missing(); len(missing) > 0 {
		t.Skip(strings.Join(missing, "; "))
	}
}

// command runs the sandbox's binary and returns its output.
func command(t *testing.T, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, binary, args...)
	var out, talk bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &talk
	err = cmd.Run()
	return out.String(), talk.String(), err
}

// up starts a sandbox, with the stand-in server unless args select another, and
// removes it after the test.
func up(t *testing.T, name string, args ...string) *sandbox {
	t.Helper()
	t.Cleanup(func() { down(t, name) })
	start := time.Now()
	stdout, stderr, err := command(t, append([]string{"up", "--name", name, "--server", "stand-in"}, args...)...)
	took := time.Since(start)
	if err != nil {
		t.Fatalf("up: %v\n%s", err, stderr)
	}
	t.Logf("up took %.1f s", took.Seconds())
	if took > readyWithin {
		t.Errorf("up took %s, more than %s", took, readyWithin)
	}
	record := status(t, name)
	if want := record.Kubeconfig + "\n"; stdout != want {
		t.Errorf("stdout %q, want only the kubeconfig's path %q", stdout, want)
	}
	return connect(t, record)
}

func connect(t *testing.T, record *state.Record) *sandbox {
	t.Helper()
	config, err := clientcmd.BuildConfigFromFlags("", record.Kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	return &sandbox{Record: record, config: config, client: client}
}

func down(t *testing.T, name string) {
	t.Helper()
	if _, stderr, err := command(t, "down", "--name", name); err != nil {
		t.Errorf("down: %v\n%s", err, stderr)
	}
}

func status(t *testing.T, name string) *state.Record {
	t.Helper()
	stdout, stderr, err := command(t, "status", "--name", name, "-o", "json")
	if err != nil {
		t.Fatalf("status: %v\n%s", err, stderr)
	}
	record := &state.Record{}
	if err := json.Unmarshal([]byte(stdout), record); err != nil {
		t.Fatalf("status: %v\n%s", err, stdout)
	}
	return record
}

// eventually polls check until it returns "", and fails with its last result.
func eventually(t *testing.T, timeout time.Duration, check func(context.Context) string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), timeout)
	defer cancel()
	ticker := time.NewTicker(100 * time.Millisecond)
	defer ticker.Stop()
	for {
		fault := check(ctx)
		if fault == "" {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("after %s: %s", timeout, fault)
		case <-ticker.C:
		}
	}
}

func password(t *testing.T, s *sandbox) string {
	t.Helper()
	info, err := os.Stat(s.Database.PasswordFile)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("password file has mode %v, want 0600", info.Mode().Perm())
	}
	data, err := os.ReadFile(filepath.Clean(s.Database.PasswordFile))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
