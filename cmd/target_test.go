package cmd

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

// Commands on an existing release report an unknown context clearly.
func TestUnknownContextIsUsageError(t *testing.T) {
	t.Parallel()
	c := testcluster.Start(t)
	here, nowhere := newPlace(t).at(c), newPlace(t)
	nowhere.env["KUBECONFIG"] = nowhere.file("empty", "apiVersion: v1\nkind: Config\n")
	missing := newPlace(t)
	missing.env["KUBECONFIG"] = filepath.Join(missing.dir, "none")
	for _, command := range [][]string{{"status"}, {"status", "-o", "json"}, {"connect"}, {"uninstall", "--yes"}, {"answers", "init", "--from-release"}} {
		results := map[string]result{
			`context "no-such" is not in the kubeconfig (kubectl config get-contexts lists them)`: here.runs(
				append(command, "--context", "no-such")...),
			"no current context: choose one with --context": nowhere.runs(
				command...),
			missing.env["KUBECONFIG"] + " does not exist. Specify one with --kubeconfig": missing.runs(command...),
		}
		for say, r := range results {
			r.want(t, exitUsage, say)
			if lines := strings.Count(
				strings.TrimSpace(r.err),
				"\n",
			); lines != 0 || strings.Contains(r.err, "query") ||
				strings.Contains(r.err, "localhost:8080") {
				t.Errorf("%s: more than one clear error: %s", command, r.err)
			}
		}
	}
}

// A cluster that is given without a kubeconfig is accepted like a context.
func TestStatusWithoutContext(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.env["KUBECONFIG"] = p.file("empty", "apiVersion: v1\nkind: Config\n")
	p.runs("status", "--server", "https://127.0.0.1:1").want(t, exitUnexpected, "127.0.0.1:1")
}

// TestUnknownRelease asks for a release that does not exist. The error says what does.
func TestUnknownRelease(t *testing.T) {
	c := testcluster.Start(t)
	p, namespace := newPlace(t).at(c), c.Namespace(t)
	p.install(c, "current", "minimal.yaml", namespace).want(t, exitDone)
	for _, command := range [][]string{{"diagnose"}, {"uninstall", "--yes"}, {"connect"},
		{"answers", "init", "--from-release"}} {
		code := exitUnexpected
		if command[0] == "answers" {
			code = exitUsage
		}
		run := func(more ...string) result { return p.runs(append(command, more...)...) }
		run("-n", namespace, "--release", "nope").want(t, code,
			"release nope not found in namespace "+namespace, "Releases in the namespace: zenml-server")
		r := run("-n", "no-"+namespace).want(t, code, "Namespace no-"+namespace+" does not exist",
			"-n "+namespace+" --release zenml-server")
		if strings.Contains(r.err, "has no releases") {
			t.Errorf("a missing namespace is called empty: %s", r.err)
		}
		run("-n", c.Namespace(t)).want(t, code, "The namespace has no releases")
	}
	if found, _ := filepath.Glob("zenml-diagnose-*"); len(found) > 0 {
		t.Errorf("an archive was written: %v", found)
	}
}

// TestUnreachableCluster names the server and what to do.
func TestUnreachableCluster(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.env["KUBECONFIG"] = p.file("empty", "apiVersion: v1\nkind: Config\n")
	for _, command := range [][]string{{"status"}, {"status", "-A"}, {"connect"}, {"uninstall", "--yes"},
		{"answers", "init", "--from-release"}} {
		p.runs(append(command, "--server", "https://127.0.0.1:1")...).want(t, exitUnexpected,
			"cannot connect to the API server at https://127.0.0.1:1", "connection refused", "preflight --only cluster")
	}
}

// TestInvalidFlags names the flag and what it takes.
func TestInvalidFlags(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.env["KUBECONFIG"] = filepath.Join(p.dir, "none")
	answers := p.file("answers.yaml", sqliteAnswers)
	for line, want := range map[string]string{
		"status -n Bad_Name":              "--namespace: “Bad_Name” is not a valid name",
		"connect --release Bad_Name":      "--release: “Bad_Name” is not a valid release name",
		"install --yes -n Bad_Name":       "--namespace: “Bad_Name” is not a valid name",
		"connect --port 99999":            "--port 99999: must be a port from 1 to 65535",
		"preflight --port -1":             "--port -1: must be a port",
		"install --port 65536 --yes":      "--port 65536: must be a port",
		"connect --port http":             "--port http: must be a whole number",
		"status --timeout 5":              "--timeout 5: must be a duration, such as 90s or 10m",
		"diagnose -o yaml":                "--output yaml: must be json, or the archive to write",
		"status -o yaml":                  "--output yaml: must be text or json",
		"generate -f " + p.dir:            p.dir + " is a folder: specify a file",
		"generate -f none.yaml":           "none.yaml not found",
		"answers init --from none.yaml":   "none.yaml not found",
		"install --bundle none --yes":     "is not a bundle",
		"generate --bundle " + answers:    answers + " is a file: specify a folder",
		"answers explain databse.type":    "did you mean database.type?",
		"generate --format yamll":         "must be one of values",
		"install --yes --answer database": "use the form KEY=VALUE",
	} {
		args := strings.Fields(line)
		if (args[0] == "install" || args[0] == "generate") && !strings.Contains(line, " -f ") {
			args = append(args, "-f", answers)
		}
		p.runs(args...).want(t, exitUsage, want)
	}
}
