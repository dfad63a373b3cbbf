package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// asCommand makes the test binary run as the command.
const asCommand = "ZENML_TEST_AS_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		os.Exit(run(os.Args))
	}
	os.Exit(m.Run())
}

// command returns the command with the given name and variables.
func command(t *testing.T, name string, env []string, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), name)
	if err := os.Symlink(self, link); err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), link, args...)
	c.Env = append(append(os.Environ(), asCommand+"=1"), env...)
	return c
}

func exitCode(err error) int {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return exit.ExitCode()
	}
	return -1
}

func TestMigrateExitCodes(t *testing.T) {
	output, err := command(t, "zenml", []string{"ZENML_CONFIG_PATH=" + t.TempDir()}, "migrate-database").CombinedOutput()
	if exitCode(err) != 0 {
		t.Errorf("migration: %v\n%s", err, output)
	}
	output, err = command(t, "zenml", []string{"ZENML_STORE_URL=postgresql://u:p@h/d"}, "migrate-database").CombinedOutput()
	if exitCode(err) != exitFailed || !strings.Contains(string(output), "Traceback") {
		t.Errorf("failed migration: %v\n%s", err, output)
	}
}

func TestServerExitCodes(t *testing.T) {
	output, err := command(t, "zenml", []string{"ZENML_CONFIG_PATH=" + t.TempDir(), "DISABLE_DATABASE_MIGRATION=True"}).CombinedOutput()
	if exitCode(err) != exitStartFailed || !strings.Contains(string(output), "Application startup failed") {
		t.Errorf("failed start: %v\n%s", err, output)
	}
	output, err = command(t, "zenml", nil, "dance").CombinedOutput()
	if exitCode(err) != exitUsage || !strings.Contains(string(output), "dance") {
		t.Errorf("unknown command: %v\n%s", err, output)
	}
}

func TestServerStopsOnSIGTERM(t *testing.T) {
	server := command(t, "zenml", []string{"ZENML_CONFIG_PATH=" + t.TempDir(), "PORT=0"}, "server")
	pipe, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(pipe)
	port := 0
	for port == 0 && lines.Scan() {
		_, address, _ := strings.Cut(lines.Text(), "Uvicorn running on ")
		_, _ = fmt.Sscanf(address, "http://0.0.0.0:%d ", &port)
	}
	response, err := http.Get(fmt.Sprintf("http://127.0.0.1:%d/ready", port))
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(response.Body)
	_ = response.Body.Close()
	if string(body) != "ok" {
		t.Errorf("ready answers %s", body)
	}
	if err := server.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	rest, _ := io.ReadAll(pipe)
	if err := server.Wait(); exitCode(err) != 0 {
		t.Errorf("stopped with %v\n%s", err, rest)
	}
}

func TestSleepByName(t *testing.T) {
	began := time.Now()
	if output, err := command(t, "sleep", nil, "0.2").CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, output)
	}
	if passed := time.Since(began); passed < 200*time.Millisecond {
		t.Errorf("slept %s, want 200ms or more", passed)
	}
	if output, err := command(t, "sleep", nil, "soon").CombinedOutput(); exitCode(err) != exitFailed || !strings.Contains(string(output), "soon") {
		t.Errorf("sleep soon: %v\n%s", err, output)
	}
}

func TestSleepTime(t *testing.T) {
	for args, want := range map[string]time.Duration{
		"15": 15 * time.Second, "0.5": 500 * time.Millisecond, "2m": 2 * time.Minute, "1h 30s": time.Hour + 30*time.Second,
	} {
		if got, err := sleepTime(strings.Fields(args)); err != nil || got != want {
			t.Errorf("sleep %s: %s, %v", args, got, err)
		}
	}
	for _, args := range []string{"", "-1", "x", "1x", "1ss"} {
		if got, err := sleepTime(strings.Fields(args)); err == nil {
			t.Errorf("sleep %q: %s, want an error", args, got)
		}
	}
}

// A signal before the command handles it ends the process with another status,
// so the test tries increasing delays.
func TestPauseStopsWhenTold(t *testing.T) {
	var err error
	for delay := 20 * time.Millisecond; delay < 5*time.Second; delay *= 2 {
		holder := command(t, "zenml", nil, "pause")
		if err = holder.Start(); err != nil {
			t.Fatal(err)
		}
		timer := time.AfterFunc(delay, func() { _ = holder.Process.Signal(syscall.SIGTERM) })
		err = holder.Wait()
		timer.Stop()
		if exitCode(err) == 0 {
			return
		}
	}
	t.Errorf("pause ended with %v", err)
}
