//go:build unix

package cmd

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"

	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

// The limits of a command that waits for something that never answers: with
// --timeout 3s, and after one Ctrl-C.
const (
	hangTimeout   = 3 * time.Second
	hangEnds      = 8 * time.Second
	hangInterrupt = 2 * time.Second
)

// hang is a command line that waits for ever.
type hang struct {
	args   []string
	guided bool // on a terminal
	code   int  // after --timeout
	begun  func() bool
}

// hangs returns the command lines. Each waits for a server, a plugin or a pipe of its own.
func hangs(t *testing.T) map[string]hang {
	t.Helper()
	p := newPlace(t)
	file := []string{"-f", p.file("answers.yaml", "version: 1\ndatabase: {type: sqlite}\n")}
	local := []string{"--chart", standInChart(t)}
	nowhere := []string{"--kubeconfig", p.kubeconfig("nowhere", "server: http://127.0.0.1:1", "{token: x}")}
	all := map[string]hang{}
	add := func(name string, code int, waits target, args ...string) {
		all[name] = hang{args: append(args, waits.flags...), code: code, begun: waits.begun}
	}
	add("generate, registry", exitUnexpected, p.silentRegistry(), join("generate", file, []string{"--output", "-"})...)
	add("preflight, registry", exitPreflight, p.silentRegistry(), join("preflight", file, nowhere)...)
	add("install, registry", exitPreflight, p.silentRegistry(), join("install", file, nowhere, []string{"--yes"})...)
	add("generate, secret", exitUnexpected, p.emptyPipe(), join("generate", local, []string{"--format", "manifests",
		"--output", filepath.Join(p.dir, "manifests")})...)
	add("preflight, secret", exitPreflight, p.emptyPipe(), join("preflight", local, nowhere)...)
	add("install, secret", exitPreflight, p.emptyPipe(), join("install", local, nowhere, []string{"--yes"})...)
	for kind, waits := range map[string]func() target{"API server": p.silentCluster, "plugin": p.sleepingPlugin} {
		for _, command := range []string{"status", "connect", "uninstall"} {
			add(command+", "+kind, exitUnexpected, waits(), command)
		}
		add("preflight, "+kind, exitPreflight, waits(), join("preflight", file, local)...)
		add("install, "+kind, exitPreflight, waits(), join("install", file, local, []string{"--yes"})...)
	}
	for _, command := range []string{"install", "status", "uninstall"} {
		waits := p.sleepingPlugin()
		all["guided "+command+", plugin"] = hang{args: append([]string{command}, waits.flags...), guided: true,
			code: exitUnexpected, begun: waits.begun}
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
			if strings.HasSuffix(name, "API server") {
				r.want(t, h.code, "API server", "127.0.0.1:")
			}
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

// TestTimeoutAfterPreflight ends an install whose server stops responding after the
// preflight.
func TestTimeoutAfterPreflight(t *testing.T) {
	if testing.Short() {
		t.Skip("takes the time limits")
	}
	t.Parallel()
	const limit = 20 * time.Second // the checks end before
	c := testcluster.Start(t)
	for name, stall := range map[string]func(*place) ([]string, io.Writer){
		"API server": func(p *place) ([]string, io.Writer) {
			proxy := c.Proxy(t)
			p.env["KUBECONFIG"] = proxy.Kubeconfig(t)
			return append(chartFlags(c, "current"), "--skip", "supply"), &trigger{text: "passed", do: proxy.Stall}
		},
		"registry": func(p *place) ([]string, io.Writer) {
			p.at(c)
			args := p.silentRegistry().flags
			for _, group := range []string{"cluster", "secrets", "supply", "expose", "network", "database"} {
				args = append(args, "--skip", group) // nothing needs the chart before the install
			}
			return args, io.Discard
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, namespace := newPlace(t), c.Namespace(t)
			flags, observer := stall(p)
			args := join("install", []string{"--yes", "-n", namespace, "--answer", "database.type=sqlite", "--timeout",
				limit.String(), "--output", filepath.Join(p.dir,
					"values.yaml"), "--kubeconfig", p.env["KUBECONFIG"]}, flags)
			var stderr bytes.Buffer
			begin := time.Now()
			code := Main(args, Streams{In: strings.NewReader(""), Out: io.Discard, Err: io.MultiWriter(&stderr, observer),
				Getenv: func(string) (string, bool) { return "", false }})
			t.Logf("%.1f s, exit code %d", time.Since(begin).Seconds(), code)
			result{code: code, err: stderr.String()}.want(t, exitInstall, "did not finish within 20s")
			if took := time.Since(begin); took > limit+5*time.Second {
				t.Errorf("it took %s", took)
			}
		})
	}
}

// trigger is a writer that does something when a text is written.
type trigger struct {
	text string
	do   func()
}

func (w *trigger) Write(data []byte) (int, error) {
	if strings.Contains(string(data), w.text) {
		w.do()
	}
	return len(data), nil
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
		for end := time.Now().Add(20 * time.Second); !h.begun() && time.Now().Before(end); {
			time.Sleep(10 * time.Millisecond)
		}
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

// target is what a command waits for: the flags that select it, and whether it waits.
type target struct {
	flags []string
	begun func() bool
}

// silent is a server that accepts connections and never answers.
func (p *place) silent() (address string, reached func() bool) {
	p.t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		p.t.Fatal(err)
	}
	var connections atomic.Int32
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			defer func() { _ = connection.Close() }()
			connections.Add(1)
		}
	}()
	p.t.Cleanup(func() { _ = listener.Close() })
	return listener.Addr().String(), func() bool { return connections.Load() > 0 }
}

func (p *place) silentRegistry() target {
	address, reached := p.silent()
	return target{[]string{"--plain-http", "--chart", "oci://" + address + "/zenml:1.0.0"}, reached}
}

func (p *place) silentCluster() target {
	address, reached := p.silent()
	return target{[]string{"--kubeconfig", p.kubeconfig("stalled-"+rand.Text(), "server: http://"+address, "{token: x}")}, reached}
}

// emptyPipe is a database password in a named pipe to which nothing is written.
func (p *place) emptyPipe() target {
	p.t.Helper()
	pipe := filepath.Join(p.dir, "pipe-"+rand.Text())
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		p.t.Fatal(err)
	}
	answers := p.file("answers-"+rand.Text(),
		"version: 1\ndatabase: {type: mysql, mysql: {host: 192.0.2.1, name: zenml, user: zenml, "+
			"password: {file: "+pipe+"}}}\n")
	return target{[]string{"-f", answers}, func() bool { return p.isRead(pipe) }}
}

// isRead reports whether a named pipe is open for reading. Then it stays open for
// writing, and the reader waits for the content.
func (p *place) isRead(pipe string) bool {
	f, err := os.OpenFile(pipe, os.O_WRONLY|syscall.O_NONBLOCK, 0)
	if err == nil {
		p.t.Cleanup(func() { _ = f.Close() })
	}
	return err == nil
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

// sleepingPlugin is a credential plugin that ignores signals and never ends.
func (p *place) sleepingPlugin() target {
	started := filepath.Join(p.dir, "started-"+rand.Text())
	script := p.file("plugin-"+rand.Text(), "#!/bin/sh\ntrap '' INT TERM HUP\ntouch "+started+"\nwhile :; do sleep 1; done\n")
	if err := os.Chmod(script, 0o700); err != nil { //nolint:gosec // a program
		p.t.Fatal(err)
	}
	user := strings.Join([]string{"{exec: {apiVersion: client.authentication.k8s.io/v1", "command: " + script,
		"interactiveMode: IfAvailable}}"}, ", ")
	flags := []string{"--kubeconfig", p.kubeconfig("plugin-"+rand.Text()+".yaml", "server: https://127.0.0.1:1", user)}
	return target{flags, func() bool { _, err := os.Stat(started); return err == nil }}
}
