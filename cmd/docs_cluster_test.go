package cmd

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

// TestDocumentedCommandsInCluster runs every command line that needs a cluster and no
// terminal: it installs, looks at what is installed, and uninstalls.
func TestDocumentedCommandsInCluster(t *testing.T) {
	c := testcluster.Start(t)
	t.Parallel()
	p, namespace := newPlace(t).at(c), c.Namespace(t)
	documented := clusterCommands(t)
	run := func(verb string) {
		for _, args := range documented[verb] {
			p.documented(c, namespace, args)
		}
	}
	run("preflight")
	for i, args := range documented["install"] {
		p.documented(c, namespace, args)
		if i == 0 {
			for _, verb := range []string{"status", "diagnose", "answers", "connect"} {
				run(verb)
			}
		}
		if i < len(documented["uninstall"]) {
			p.documented(c, namespace, documented["uninstall"][i])
		}
	}
	if installs, removals := len(documented["install"]), len(documented["uninstall"]); removals > installs {
		t.Errorf("%d installs for %d ways to uninstall", installs, removals)
	}
}

// clusterCommands returns the command lines that need a cluster and no terminal, each
// once, by their verb. A dry run comes before the installs.
func clusterCommands(t *testing.T) map[string][][]string {
	t.Helper()
	found, seen, guided, bundles := map[string][][]string{}, map[string]bool{}, 0, 0
	for _, c := range commandLines(t, readDocs(t)) {
		id := strings.Join(c.args, " ")
		if needsNoCluster(c.args) || seen[id] || strings.Contains(id, "KEY") {
			continue
		}
		seen[id] = true
		switch verb := slices.Concat(c.args, []string{"install"})[0]; {
		case slices.Contains(c.args, "--bundle"):
			bundles++ // they need a registry with the images: see TestBundleInstall
		case verb != "install":
			found[verb] = append(found[verb], c.args)
		case slices.Contains(c.args, "--dry-run"):
			found["preflight"] = append(found["preflight"], c.args)
		case slices.Contains(c.args, "--yes"):
			found[verb] = append(found[verb], c.args)
		default:
			guided++
		}
	}
	t.Logf("%d command lines, %d more for a terminal, %d for a bundle", len(seen)-guided-bundles, guided, bundles)
	return found
}

// untilInterrupted is what shows that a command works which runs until it is interrupted.
var untilInterrupted = map[string]string{"connect": "is ready at", "--watch": "deployed"}

// interruptedAt returns the text at which a command line is interrupted, or "".
func interruptedAt(args []string) string {
	for sign, text := range untilInterrupted {
		if slices.Contains(args, sign) {
			return text
		}
	}
	return ""
}

// documented runs a command line of the documentation in a new folder with the files
// that it names.
func (p *place) documented(c *testcluster.Cluster, namespace string, args []string) {
	p.t.Helper()
	p.dir = p.t.TempDir()
	p.prepareFor(commandLine{args: args, answers: "version: 1\ndatabase: {type: sqlite}\n"})
	kubeconfig, err := os.ReadFile(c.Kubeconfig)
	if err != nil {
		p.t.Fatal(err)
	}
	p.file("kubeconfig", string(kubeconfig))
	line := append(slices.Clone(args), "-n", namespace)
	switch args[0] {
	case "install", "preflight":
		line = append(line, chartFlags(c, "current")...)
		if at := slices.Index(args, "--chart"); at >= 0 {
			line = append(line, "--chart", args[at+1], "--chart-version", "")
			archive, _ := archiveChart(p.t)
			if err := os.Rename(archive, filepath.Join(p.dir, args[at+1])); err != nil {
				p.t.Fatal(err)
			}
		}
		if args[0] == "install" && slices.Contains(args, "--yes") {
			line = append(line, "--force")
		}
	case "answers":
		line = append(line, "--chart", c.Charts["current"].Ref, "--chart-version", c.Charts["current"].Version)
	case "uninstall":
		line = append(line, "--yes")
	}
	want := exitDone
	if slices.Contains(args, "--fail-on") {
		want = exitWarnings // SQLite without a volume is a warning
	}
	if slices.Contains(args, "--detailed-exitcode") {
		want = exitChanges // nothing is installed yet
	}
	if args[0] == "connect" {
		want = exitInterrupted // nobody has activated the server
	}
	if got := p.inFolder(line); got.code != want {
		p.t.Fatalf("%s: exit code %d\n%s\n%s", strings.Join(args, " "), got.code, got.out, got.err)
	}
}

// inFolder runs a command line as a process in the place's folder. If it is endless,
// it is interrupted once it works.
func (p *place) inFolder(args []string) result {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), 3*time.Minute)
	defer cancel()
	var out, messages bytes.Buffer
	command := exec.CommandContext(ctx, os.Args[0], args...)
	command.Dir = p.dir
	command.Env = append(os.Environ(), asInstaller+"=1", "KUBECONFIG="+p.env["KUBECONFIG"])
	command.Stdout, command.Stderr = &out, &messages
	if text := interruptedAt(args); text != "" {
		command.Stdout = &interrupter{to: &out, at: text, command: command}
		command.Stderr = command.Stdout
	}
	_ = command.Run()
	return result{command.ProcessState.ExitCode(), out.String(), messages.String()}
}

// interrupter interrupts a command when it has written a text.
type interrupter struct {
	to      *bytes.Buffer
	at      string
	command *exec.Cmd
}

func (i *interrupter) Write(b []byte) (int, error) {
	before := strings.Contains(i.to.String(), i.at)
	n, err := i.to.Write(b)
	if !before && strings.Contains(i.to.String(), i.at) {
		err = i.command.Process.Signal(os.Interrupt)
	}
	return n, err
}
