package cmd

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// terminal runs a program in tmux, so that tests see the screen as users do.
type terminal struct {
	t      *testing.T
	socket string
	hides  string // a secret that no screen may show, if any
}

// startTerminal runs an installer command line in a terminal, in a folder.
func startTerminal(t *testing.T, dir string, width, height int, env []string, args ...string) *terminal {
	t.Helper()
	if _, err := exec.LookPath("tmux"); err != nil {
		t.Fatal("tmux is not installed: the tests drive the screens in it (apt-get install tmux)")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	term := &terminal{t: t, socket: filepath.Join(t.TempDir(), "tmux")}
	t.Cleanup(func() { _ = exec.Command("tmux", "-S", term.socket, "kill-server").Run() })
	line := []string{"env", asInstaller + "=1"}
	line = append(line, env...)
	line = append(line, self)
	line = append(line, args...)
	// The shell stays open, so that the last screen and the exit code can be
	// read.
	command := quoteAll(line) + `; echo "ended with $?"; exec sleep 600`
	term.tmux("-f", "/dev/null", "new-session", "-d", "-c", dir, "-x", fmt.Sprint(width), "-y", fmt.Sprint(height),
		"sh", "-c", command)
	return term
}

func (term *terminal) tmux(args ...string) string {
	term.t.Helper()
	out, err := exec.Command("tmux", append([]string{"-S", term.socket, "-u"}, args...)...).CombinedOutput()
	if err != nil {
		term.t.Fatalf("tmux %s: %v\n%s", args, err, out)
	}
	return string(out)
}

func (term *terminal) screen() string {
	term.t.Helper()
	screen := term.tmux("capture-pane", "-p")
	if term.hides != "" && strings.Contains(screen, term.hides) {
		term.t.Fatalf("the screen shows the secret %q:\n%s", term.hides, screen)
	}
	return screen
}

// sees waits until the screen shows text.
func (term *terminal) sees(text string, patience time.Duration) string {
	term.t.Helper()
	return term.matches(regexp.QuoteMeta(text), patience)
}

// matches waits until the screen matches a regular expression.
func (term *terminal) matches(pattern string, patience time.Duration) string {
	term.t.Helper()
	wanted := regexp.MustCompile(pattern)
	var screen string
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if screen = term.screen(); wanted.MatchString(screen) {
			return screen
		}
	}
	term.t.Fatalf("the screen did not show %q within %s:\n%s", pattern, patience, screen)
	return ""
}

// changes waits until the screen differs from before.
func (term *terminal) changes(before string, patience time.Duration) {
	term.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if term.screen() != before {
			return
		}
	}
	term.t.Fatalf("the screen did not change within %s:\n%s", patience, before)
}

// presses sends keys by tmux's names: Enter, Escape, Down, C-c.
func (term *terminal) presses(keys ...string) {
	term.t.Helper()
	for _, key := range keys {
		term.tmux("send-keys", key)
	}
}

// types sends text as it is typed.
func (term *terminal) types(text string) {
	term.t.Helper()
	term.tmux("send-keys", "-l", "--", text)
}

// pastes sends text as a terminal does that brackets what is pasted.
func (term *terminal) pastes(text string) {
	term.t.Helper()
	term.tmux("set-buffer", "-b", "pasted", "--", text)
	term.tmux("paste-buffer", "-p", "-d", "-b", "pasted")
}

// isKilled ends the installer as kill -9 does.
func (term *terminal) isKilled() {
	term.t.Helper()
	shell := strings.TrimSpace(term.tmux("display-message", "-p", "#{pane_pid}"))
	if out, err := exec.Command("pkill", "-KILL", "-P", shell).CombinedOutput(); err != nil { //nolint:gosec // by tmux
		term.t.Fatalf("the installer was not killed: %v\n%s", err, out)
	}
	term.sees("ended with 137", 10*time.Second)
}

func quoteAll(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
	}
	return strings.Join(quoted, " ")
}
