package cmd

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

func TestShellCompletesFlags(t *testing.T) {
	p := nowhere(t)
	config := p.file("config", `apiVersion: v1
kind: Config
current-context: staging
clusters: [{name: c, cluster: {server: "https://127.0.0.1:1"}}]
users: [{name: u, user: {token: t}}]
contexts: [{name: staging, context: {cluster: c, user: u}}, {name: production, context: {cluster: c, user: u}}]
`)
	for args, want := range map[string]string{
		"preflight --only database.lo":                     "database.login\t",
		"preflight --skip clus":                            "cluster\n",
		"preflight -o j":                                   "json\njunit\n",
		"generate --format arg":                            "argocd\n",
		"install --fail-on w":                              "warn\n",
		"install -o js":                                    "json\n:4\n",
		"preflight --skip database,secrets.k":              "database,secrets.key\t",
		"generate --skip s":                                "supply\nsupply.effect\nsupply.values\n:4\n",
		"diagnose -o j":                                    "json\n:0\n",
		"uninstall x":                                      ":4\n",
		"connect --port 1":                                 ":4\n",
		"install --answer expose.ty":                       "expose.type=",
		"status --kubeconfig " + config + " --context pro": "production\n",
		"answers explain database.ty":                      "database.type\t",
	} {
		if out := p.completes(strings.Fields(args)...); !strings.Contains("\n"+out, "\n"+want) {
			t.Errorf("%s: %q is not offered", args, want) // the shell picks what begins with the last word
		}
	}
	// Nothing is offered without a cluster that answers, and nothing fails.
	if out := p.completes("status", "--kubeconfig", config, "-n", ""); out != ":4\n" {
		t.Errorf("got %q", out)
	}
}

func TestCompletionReadsTheCluster(t *testing.T) {
	c := testcluster.Start(t)
	p := newPlace(t).at(c)
	out := p.completes("status", "--kubeconfig", c.Kubeconfig, "-n", "kube-sys")
	if !strings.Contains(out, "kube-system\n") {
		t.Errorf("got %q", out)
	}
}

// completes returns what the shell is offered for the last word.
func (p *place) completes(args ...string) string {
	p.t.Helper()
	var out bytes.Buffer
	code := Main(append([]string{"__complete"}, args...), Streams{
		In: strings.NewReader(""), Out: &out, Err: io.Discard,
		Getenv: func(name string) (string, bool) { v, ok := p.env[name]; return v, ok },
	})
	if code != exitDone {
		p.t.Errorf("%v: exit code %d", args, code)
	}
	return out.String()
}
