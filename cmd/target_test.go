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
			"kubeconfig: ": missing.runs(command...),
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
