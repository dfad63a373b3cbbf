package cmd

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/install"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/secret"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
	"github.com/zenml-installer/zenml-installer/internal/zenml"
	"github.com/zenml-installer/zenml-installer/wizard"
)

// guidedEngine returns the engine of a guided install with these flags.
func (p *place) guidedEngine(args ...string) *engine {
	p.t.Helper()
	var o *installOptions
	c := &common{}
	streams := Streams{ReadFile: newSecretFiles(p.t.Context()).read,
		Getenv: func(name string) (string, bool) { v, ok := p.env[name]; return v, ok }}
	cmd := newInstall(streams, c, func(_ context.Context, got *installOptions) error { o = got; return nil })
	c.register(cmd.Flags())
	cmd.SetArgs(append(args, "--kubeconfig", p.env["KUBECONFIG"]))
	if err := cmd.ExecuteContext(p.t.Context()); err != nil {
		p.t.Fatal(err)
	}
	file, err := o.file.loadPartial(p.t.Context(), o.streams, o.common)
	if err != nil {
		p.t.Fatal(err)
	}
	return &engine{streams: o.streams, common: o.common, file: file, options: o.checks, output: o.output}
}

func TestCheckSource(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{"there": "x\n", "empty": ""} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	getenv := func(name string) (string, bool) { return "x", name == "THERE" }
	e := &engine{streams: Streams{ReadFile: newSecretFiles(t.Context()).read, Getenv: getenv},
		common: common{kube: noFlags()}}
	for _, c := range []struct {
		source answers.Source
		say    string
	}{
		{answers.Source{File: filepath.Join(dir, "there")}, ""},
		{answers.Source{Env: "THERE"}, ""},
		{answers.Source{Generate: true}, ""},
		{answers.Source{SecretRef: &answers.SecretRef{Name: "a", Key: "b"}}, ""},
		{answers.Source{File: "/nope"}, "cannot read file /nope: no such file or directory"},
		{answers.Source{File: filepath.Join(dir, "empty")}, "is empty"},
		{answers.Source{File: dir}, "is a directory"},
		{answers.Source{Env: "NOSUCH"}, "environment variable NOSUCH is not set"},
	} {
		err := e.CheckSource(t.Context(), c.source)
		if c.say == "" && err != nil || c.say != "" && (err == nil || !strings.Contains(err.Error(), c.say)) {
			t.Errorf("%s: %v", c.source.Describe(), err)
		}
	}
}

// TestPreflight_stagedOpening shares with the checks that the guided install exposes a
// server after its activation.
func TestPreflight_stagedOpening(t *testing.T) {
	c := testcluster.Start(t)
	p := newPlace(t).at(c)
	for after, want := range map[string]check.Status{"": check.Pass, answers.Immediately: check.Warned} {
		e := p.guidedEngine(slices.Concat([]string{"-n", "never-made-staged", "--only", "expose.public", "--answer",
			"database.type=sqlite"}, exposedAs("node-port"), chartFlags(c, "current"))...)
		a := e.file.Answers
		a.Expose.After = after
		report, err := e.Preflight(t.Context(), a, true, nil)
		found, _ := report.ByID("expose.public")
		if err != nil || found.Status != want {
			t.Errorf("expose.after %q: %s, %q, %v", after, found.Status, found.Message, err)
		}
	}
}

// TestActivate_exposesClosedServer activates a closed server: the screen gets its public
// address, and the last message the revision that exposed it.
func TestActivate_exposesClosedServer(t *testing.T) {
	t.Parallel()
	c := testcluster.Start(t)
	p, namespace := newPlace(t).at(c), c.Namespace(t)
	p.runs(p.stagedArgs(c, "current", namespace, "--answer", "expose.after=activation")...).want(t, exitDone)
	e := p.guidedEngine(slices.Concat([]string{"-n", namespace, "--answer", "database.type=sqlite"},
		exposedAs("node-port"))...)
	a := e.file.Answers
	tunnel, err := e.Connect(t.Context(), a, nil)
	if err != nil || !tunnel.Server().Closed {
		t.Fatalf("a closed server is expected: %v", err)
	}
	defer tunnel.Close()
	account := zenml.Activation{Username: "admin", Password: secret.New(adminPassword)}
	if err := (zenml.Client{Base: tunnel.URL()}).Activate(t.Context(), account); err != nil {
		t.Fatal(err)
	}
	exposed, err := e.Activate(t.Context(), a, tunnel.URL())
	if err != nil || exposed == nil || !strings.HasPrefix(exposed.URL, "http://") || exposed.URL == tunnel.URL() {
		t.Fatalf("%+v, %v", exposed, err)
	}
	var said strings.Builder
	o := &installOptions{streams: Streams{Out: &said, Err: &said, Getenv: e.streams.Getenv}, common: e.common}
	err = o.printInstalled(t.Context(), e, wizard.Outcome{Answers: a, Activated: true, URL: tunnel.URL(),
		Install: install.Outcome{Release: &install.Release{Name: answers.DefaultRelease, Revision: 1}}})
	if err != nil || !strings.Contains(said.String(), "revision 2.") || strings.Contains(said.String(), "not exposed") {
		t.Errorf("%v\n%s", err, said.String())
	}
}

// TestReleases_withoutContext leaves the context empty where the kubeconfig has none, so
// that the release can be picked.
func TestReleases_withoutContext(t *testing.T) {
	t.Parallel()
	c := testcluster.Start(t)
	before, namespace := newPlace(t).at(c), c.Namespace(t)
	before.install(c, "current", "minimal.yaml", namespace).want(t, exitDone)
	config, err := c.Access().Config()
	if err != nil {
		t.Fatal(err)
	}
	p := newPlace(t)
	p.env["KUBECONFIG"] = p.file("empty", "apiVersion: v1\nkind: Config\n")
	e := p.guidedEngine("--server", config.Host, "--certificate-authority", p.file("ca", string(config.CAData)),
		"--client-certificate", p.file("cert", string(config.CertData)),
		"--client-key", p.file("key", string(config.KeyData)))
	a := answers.Answers{Cluster: answers.Cluster{Namespace: namespace}}
	found := e.Releases(t.Context(), a)
	if len(found) != 1 || found[0].Context != "" || strings.Contains(found[0].Details(time.Now()), "found on") {
		t.Fatalf("%+v", found)
	}
	a.Cluster = answers.Cluster{Context: found[0].Context, Namespace: namespace, Release: found[0].Release}
	if target, err := e.Describe(t.Context(), a); err != nil || target.Existing == nil {
		t.Errorf("%+v %v", target, err)
	}
}
