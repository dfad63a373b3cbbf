//go:build unix

package cmd

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// hostileWords would set the terminal's title, clear the screen and color the rest.
const hostileWords = "PLANTED\x1b]0;owned\x07\x1b[2J\x1b[31m\u009b1mEND"

// TestControlSequences plants escape sequences wherever text comes from, and runs the
// commands that show it on a terminal.
func TestControlSequences(t *testing.T) {
	p := newPlace(t)
	quoted, err := json.Marshal(hostileWords)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(string(quoted), "\u009b", `\u009b`) // YAML allows it only escaped
	good := p.file("answers.yaml", sqliteAnswers)
	key := p.file("key.yaml", sqliteAnswers+text+": 1\n")
	server := hostileServer(t)
	api := p.kubeconfig("api", "server: "+server, "{token: x}")
	context := p.file("context", strings.ReplaceAll(readFile(t, p.kubeconfig("c.yaml", "server: "+server, "{token: x}")),
		"current-context: c\ncontexts: [{name: c,", "current-context: "+text+"\ncontexts: [{name: "+text+","))
	failing := packed(t, standInChart(t),
		extra{"templates/z.yaml", []byte("{{fail (fromJson `{\"a\":" + text + "}`).a}}")})
	described := packed(t, standInChart(t), extra{"Chart.yaml", []byte("apiVersion: v2\nname: zenml\nversion: 0.98.1\n" +
		"description: " + text + "\ndeprecated: true\nappVersion: " + text + "\n")})
	registry := "oci://" + strings.TrimPrefix(server, "http://") + "/zenml:1.0.0"
	for name, args := range map[string][]string{
		"answers, a key":        {"generate", "-f", key, "--chart", standInChart(t)},
		"answers, a value":      {"generate", "-f", p.file("value.yaml", "version: 1\ndatabase: {type: "+text+"}\n")},
		"chart, a template":     {"generate", "-f", good, "--chart", failing, "--output", "-"},
		"chart, description":    {"generate", "-f", good, "--chart", described, "--output", "-"},
		"registry":              {"generate", "-f", good, "--chart", registry, "--plain-http"},
		"API server, status":    {"status", "--kubeconfig", api},
		"API server, connect":   {"connect", "--kubeconfig", api},
		"API server, uninstall": {"uninstall", "--yes", "--kubeconfig", api},
		"kubeconfig, install":   {"install", "--yes", "-f", good, "--chart", standInChart(t), "--kubeconfig", context},
	} {
		t.Run(name, func(t *testing.T) {
			shown := terminalOutput(t, args)
			if strings.ContainsAny(shown, "\x1b\x07\u009b") {
				t.Errorf("control sequences reach the terminal:\n%q", shown)
			}
			if !strings.Contains(shown, "PLANTED") && name != "chart, description" {
				t.Errorf("the planted text is not shown:\n%q", shown)
			}
		})
	}
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path) //nolint:gosec // of the test
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// hostileServer answers as an API server and as a registry that refuse everything.
func hostileServer(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusForbidden)
		_ = json.NewEncoder(w).Encode(map[string]any{
			"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "Forbidden", "code": http.StatusForbidden,
			"message": hostileWords, "errors": []any{map[string]any{"code": "DENIED", "message": hostileWords}},
		})
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// terminalOutput runs a command on a terminal without colors and returns what it shows.
func terminalOutput(t *testing.T, args []string) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), self, append(args, "--timeout", "20s", "--no-color")...)
	command.Dir, command.WaitDelay = t.TempDir(), time.Second
	command.Env = append(os.Environ(), asInstaller+"=1", "TERM=dumb", "NO_COLOR=1")
	var shown bytes.Buffer
	finish := onTerminal(t, command, &shown)
	_ = command.Run() // most fail
	finish()
	return shown.String()
}

// TestSuspend suspends the screens with Ctrl-Z in a shell with job control, and brings
// them back. Ctrl-C then ends them with the exit code of an interruption.
func TestSuspend(t *testing.T) {
	p := newPlace(t)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	term := &terminal{t: t, socket: filepath.Join(t.TempDir(), "tmux")}
	t.Cleanup(func() { _ = exec.Command("tmux", "-S", term.socket, "kill-server").Run() })
	term.tmux("-f", "/dev/null", "new-session", "-d", "-c", p.dir, "-x", "100", "-y", "30", "env", asInstaller+"=1",
		"KUBECONFIG="+p.kubeconfig("config", "server: https://127.0.0.1:1", "{token: x}"), "XDG_STATE_HOME="+p.dir,
		"LC_ALL=C.UTF-8", "INSTALLER="+self, "PS1=ready ", "bash", "--norc", "--noprofile", "-i")
	const patience = 20 * time.Second
	term.sees("ready", patience)
	term.presses("\"$INSTALLER\" install", "Enter")
	term.sees("› Try it out", patience)
	term.presses("C-z")
	term.sees("Stopped", patience)
	term.presses("clear; echo the shell $((20 + 3))", "Enter")
	term.sees("the shell 23", patience)
	term.presses("fg", "Enter")
	if screen := term.sees("› Try it out", patience); strings.Contains(screen, "the shell") {
		t.Errorf("the shell's lines are among those of the screen:\n%s", screen)
	}
	term.presses("C-c")
	term.sees("Nothing was installed.", patience)
	term.presses("echo ended with $?", "Enter")
	term.sees("ended with 130", patience)
}
