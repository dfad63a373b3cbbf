//go:build unix

package cmd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
)

// The limits of a command that waits for something that never answers: with
// --timeout 3s, and after one Ctrl-C.
const (
	hangTimeout   = 3 * time.Second
	hangEnds      = 5 * time.Second
	hangInterrupt = 2 * time.Second
)

// hang is a command line that waits for ever.
type hang struct {
	args   []string
	guided bool // on a terminal
	code   int  // after --timeout
}

func hangs(t *testing.T) map[string]hang {
	t.Helper()
	p := newPlace(t)
	answers := p.file("answers.yaml", "version: 1\ndatabase: {type: sqlite}\n")
	registry := []string{"--plain-http", "--chart", "oci://" + silent(t) + "/zenml:1.0.0"}
	local := []string{"--chart", standInChart(t)}
	nowhere := []string{"--kubeconfig", p.kubeconfig("nowhere", "server: http://127.0.0.1:1", "{token: x}")}
	stalled := []string{"--kubeconfig", p.kubeconfig("stalled", "server: http://"+silent(t), "{token: x}")}
	plugin := []string{"--kubeconfig", p.kubeconfig("plugin", "server: https://127.0.0.1:1", p.sleepingPlugin())}
	file := []string{"-f", answers}
	all := map[string]hang{
		"generate, registry":  {args: join("generate", file, registry, []string{"--output", "-"}), code: exitUnexpected},
		"preflight, registry": {args: join("preflight", file, registry, nowhere), code: exitPreflight},
		"install, registry":   {args: join("install", file, registry, nowhere, []string{"--yes"}), code: exitPreflight},
	}
	for cluster, flags := range map[string][]string{"API server": stalled, "plugin": plugin} {
		for _, command := range []string{"status", "connect", "uninstall"} {
			all[command+", "+cluster] = hang{args: join(command, flags), code: exitUnexpected}
		}
		all["preflight, "+cluster] = hang{args: join("preflight", file, local, flags), code: exitPreflight}
		all["install, "+cluster] = hang{args: join("install", file, local, flags, []string{"--yes"}), code: exitPreflight}
	}
	for name, command := range map[string]string{"install": "install", "status": "status", "uninstall": "uninstall"} {
		all["guided "+name+", plugin"] = hang{args: join(command, plugin), guided: true, code: exitUnexpected}
	}
	return all
}

func join(command string, flags ...[]string) []string {
	return append([]string{command}, slices.Concat(flags...)...)
}

// TestTimeout ends each with --timeout 3s.
func TestTimeout(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute")
	}
	for name, h := range hangs(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := h.run(t, []string{"--timeout", hangTimeout.String()}, nil)
			t.Logf("%.1f s, exit code %d", r.took.Seconds(), r.code)
			if r.took > hangEnds {
				t.Errorf("it took %s", r.took)
			}
			r.want(t, h.code, "did not finish within 3s")
		})
	}
}

// TestInterrupt ends each with one Ctrl-C.
func TestInterrupt(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute")
	}
	for name, h := range hangs(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := h.run(t, nil, syscall.SIGINT)
			t.Logf("%.1f s, exit code %d", r.took.Seconds(), r.code)
			if r.took > hangInterrupt {
				t.Errorf("it took %s", r.took)
			}
			r.want(t, exitInterrupted, "nterrupted")
		})
	}
}

// timed is a result with the time since the start, or since the signal.
type timed struct {
	result
	took time.Duration
}

// run runs the command in a process of its own. It sends the signal, if any, when the
// command waits.
func (h hang) run(t *testing.T, flags []string, stop os.Signal) timed {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	command := exec.CommandContext(ctx, self, append(h.args, flags...)...)
	command.Dir = t.TempDir()
	command.Env = append(os.Environ(), asInstaller+"=1", "TERM=dumb")
	command.WaitDelay = time.Second
	var out, stderr bytes.Buffer
	command.Stdout, command.Stderr = &out, &stderr
	finish := func() {}
	if h.guided {
		finish = onTerminal(t, command, &stderr)
	}
	begin := time.Now()
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	if stop != nil {
		time.Sleep(1500 * time.Millisecond) // until it waits
		begin = time.Now()
		_ = command.Process.Signal(stop)
	}
	err = command.Wait()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) && !errors.Is(err, exec.ErrWaitDelay) {
		t.Fatal(err)
	}
	took := time.Since(begin)
	finish()
	return timed{result{code: command.ProcessState.ExitCode(), out: out.String(), err: stderr.String()}, took}
}

// onTerminal gives a command a terminal, whose output it copies.
func onTerminal(t *testing.T, command *exec.Cmd, to *bytes.Buffer) (done func()) {
	t.Helper()
	screen, terminal, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	command.Stdin, command.Stdout, command.Stderr = terminal, terminal, terminal
	command.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	copied := make(chan struct{})
	go func() {
		defer close(copied)
		_, _ = to.ReadFrom(screen)
	}()
	return func() {
		_ = terminal.Close()
		<-copied
		_ = screen.Close()
	}
}

// silent is the address of a server that accepts connections and never answers.
func silent(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() }) // the kernel accepts connections
	return listener.Addr().String()
}

// kubeconfig writes a kubeconfig with one context.
func (p *place) kubeconfig(name, cluster, user string) string {
	return p.file(name, fmt.Sprintf(`apiVersion: v1
kind: Config
current-context: c
contexts: [{name: c, context: {cluster: c, user: u}}]
clusters: [{name: c, cluster: {%s}}]
users: [{name: u, user: %s}]
`, cluster, user))
}

// sleepingPlugin is a user with a credential plugin that ignores signals and never ends.
func (p *place) sleepingPlugin() string {
	script := p.file("plugin.sh", "#!/bin/sh\ntrap '' INT TERM HUP\nwhile :; do sleep 1; done\n")
	if err := os.Chmod(script, 0o700); err != nil { //nolint:gosec // a program
		p.t.Fatal(err)
	}
	return strings.Join([]string{"{exec: {apiVersion: client.authentication.k8s.io/v1", "command: " + script,
		"interactiveMode: IfAvailable}}"}, ", ")
}
