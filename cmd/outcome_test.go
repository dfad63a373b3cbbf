package cmd

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/zenml-installer/zenml-installer/install"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/wizard"
	"github.com/zenml-installer/zenml-installer/wizard/narrate"
)

// printedOutcome returns what is printed at the end of a guided install with its
// own kubeconfig.
func printedOutcome(t *testing.T, outcome wizard.Outcome) string {
	t.Helper()
	var said strings.Builder
	o := &installOptions{streams: Streams{Out: &said, Err: &said, Program: "./bin/zenml-installer",
		Getenv: func(string) (string, bool) { return "", false }},
		common: common{kube: noFlags()}, output: "custom-values.yaml"}
	*o.common.kube.KubeConfig = "/home/a b/config"
	outcome.Answers.Cluster = answers.Cluster{Context: "kind-dev", Namespace: "team"}
	e := &engine{streams: o.streams, common: o.common}
	_ = o.printOutcome(t.Context(), e, outcome)
	return said.String()
}

func TestFailedInstallPrintsRemainingResources(t *testing.T) {
	for ending, word := range map[wizard.Ending]string{wizard.Failed: "failed", wizard.Stopped: "was stopped"} {
		said := printedOutcome(t, wizard.Outcome{Ending: ending, Err: errors.New("boom"), Values: "custom-values.yaml"})
		for _, want := range []string{
			"The install " + word, "Your answers are saved (without secrets); run ./bin/zenml-installer to continue",
			"namespace team, its Secrets and release zenml-server",
			"  ./bin/zenml-installer uninstall --kubeconfig '/home/a b/config' --context kind-dev -n team\n",
			"  kubectl --kubeconfig '/home/a b/config' --context kind-dev -n team delete namespace team\n",
			"Wrote custom-values.yaml\n",
		} {
			if !strings.Contains(said, want) {
				t.Errorf("%s: %q is not printed:\n%s", ending, want, said)
			}
		}
	}
}

// TestFailedUpgrade leaves the release, which was in use, and says how to go back.
func TestFailedUpgrade(t *testing.T) {
	said := printedOutcome(t, wizard.Outcome{Ending: wizard.Stopped, Err: context.Canceled, Operation: narrate.Upgrade,
		Install: install.Outcome{Before: &install.Release{Revision: 3, Status: "deployed"},
			Release: &install.Release{Revision: 4, Status: "failed"}}})
	for _, want := range []string{
		"The upgrade was stopped.", "  ./bin/zenml-installer status --kubeconfig '/home/a b/config' --context kind-dev -n team\n",
		"Go back to revision 3 with:\n  helm rollback zenml-server 3 --kubeconfig '/home/a b/config' --kube-context kind-dev -n team\n",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not printed:\n%s", want, said)
		}
	}
	if strings.Contains(said, "uninstall") {
		t.Errorf("it suggests to remove a release that was in use:\n%s", said)
	}
}

// TestFailureIsPrintedOnce prints why the server may be open, and the error without it.
func TestFailureIsPrintedOnce(t *testing.T) {
	o := &installOptions{streams: Streams{Getenv: func(string) (string, bool) { return "", false }}}
	open := &openServerError{err: errors.New("boom"), remedy: "Close it with:\n  kubectl scale"}
	said := printedOutcome(t, wizard.Outcome{Ending: wizard.Failed, Err: open})
	if strings.Count(said, "Close it with:\n  kubectl scale\n") != 1 {
		t.Error(said)
	}
	for ending, err := range map[wizard.Ending]error{
		wizard.Failed: open, wizard.Stopped: &openServerError{err: context.Canceled, remedy: "Close it"},
	} {
		var printed strings.Builder
		printError(&printed, o.endError(wizard.Outcome{Ending: ending, Err: err}))
		if want := map[wizard.Ending]string{wizard.Failed: "Error: boom\n"}[ending]; printed.String() != want {
			t.Errorf("%s: %q, want %q", ending, printed.String(), want)
		}
	}
}

func TestCommandsUseProgramName(t *testing.T) {
	release := &install.Release{Name: "zenml-server", Revision: 1}
	said := printedOutcome(t, wizard.Outcome{
		Ending: wizard.Installed, Activated: true, Install: install.Outcome{Release: release},
		ValuesErr: fmt.Errorf("custom-values.yaml: %w", fs.ErrExist),
	})
	for _, want := range []string{
		"Reconnect with:\n  ./bin/zenml-installer connect --kubeconfig '/home/a b/config' --context kind-dev -n team\n",
		"custom-values.yaml exists with other content and was not changed",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not printed:\n%s", want, said)
		}
	}
}

// countingAPI returns the address of an API server that knows nothing, and how many
// requests it got.
func countingAPI(t *testing.T) (string, *atomic.Int64) {
	t.Helper()
	var asked atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if r.URL.Path == "/version" {
			fmt.Fprint(w, `{"gitVersion": "v1.36.3"}`)
			return
		}
		http.NotFound(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL, &asked
}

// TestChosenCommandUsesItsContext runs the commands for a release in another context than
// the one that the guided install began with.
func TestChosenCommandUsesItsContext(t *testing.T) {
	first, firstAsked := countingAPI(t)
	other, otherAsked := countingAPI(t)
	p := newPlace(t)
	p.env["KUBECONFIG"] = p.file("config", fmt.Sprintf(`apiVersion: v1
kind: Config
current-context: first
contexts:
- {name: first, context: {cluster: first}}
- {name: other, context: {cluster: other}}
clusters:
- {name: first, cluster: {server: "%s"}}
- {name: other, cluster: {server: "%s"}}
`, first, other))
	for _, command := range []string{"status", "connect", "uninstall"} {
		e := p.guidedEngine()
		if contexts, err := e.Contexts(t.Context()); err != nil || len(contexts) != 2 {
			t.Fatalf("%v %v", contexts, err)
		}
		before := firstAsked.Load()
		if e.Releases(t.Context(), answers.Answers{}); firstAsked.Load() == before {
			t.Fatal("the first API server is not asked for its releases")
		}
		before, otherBefore := firstAsked.Load(), otherAsked.Load()
		var said strings.Builder
		e.streams.Out, e.streams.Err = &said, &said
		outcome := wizard.Outcome{Command: command}
		outcome.Answers.Cluster = answers.Cluster{Context: "other", Namespace: "team", Release: "zenml-server"}
		err := (&installOptions{streams: e.streams, common: e.common}).runChosen(t.Context(), e, outcome)
		if firstAsked.Load() > before || otherAsked.Load() == otherBefore {
			t.Errorf("%s asks the wrong API server: %v\n%s", command, err, said.String())
		}
		if at, _ := e.setup(answers.Answers{}).cluster.Context(); at.Name != "first" {
			t.Errorf("%s changed the context of the guided install to %s", command, at.Name)
		}
		if !strings.Contains(said.String(), "--context other -n team") {
			t.Errorf("%s: %s", command, said.String())
		}
	}
}
