package cmd

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/install"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/wizard"
)

// farewellOf is what is said at the end of a guided install that was called
// with a kubeconfig of its own.
func farewellOf(t *testing.T, outcome wizard.Outcome) string {
	t.Helper()
	var said strings.Builder
	o := &installOptions{streams: Streams{Out: &said, Err: &said, Program: "./bin/zenml-installer"}, common: common{kube: noFlags()}, output: "custom-values.yaml"}
	*o.common.kube.KubeConfig = "/home/a b/config"
	outcome.Answers.Cluster = answers.Cluster{Context: "kind-dev", Namespace: "team"}
	e := &engine{streams: o.streams, common: o.common}
	_ = o.printOutcome(t.Context(), e, outcome)
	return said.String()
}

func TestAFailedInstallSaysWhatRemainsAndHowToGoOn(t *testing.T) {
	for ending, word := range map[wizard.Ending]string{wizard.Failed: "failed", wizard.Stopped: "was stopped"} {
		said := farewellOf(t, wizard.Outcome{Ending: ending, Err: errors.New("boom"), Values: "custom-values.yaml"})
		for _, want := range []string{
			"The install " + word, "Your answers are kept: ./bin/zenml-installer offers to go on",
			"namespace team, its Secrets and release zenml-server",
			"  ./bin/zenml-installer uninstall --kubeconfig '/home/a b/config' --context kind-dev -n team\n",
			"  kubectl --kubeconfig '/home/a b/config' --context kind-dev -n team delete namespace team\n",
			"Wrote custom-values.yaml\n",
		} {
			if !strings.Contains(said, want) {
				t.Errorf("%s: %q is not said:\n%s", ending, want, said)
			}
		}
	}
}

func TestTheWayBackIsTypedAsTheProgramWasCalled(t *testing.T) {
	release := &install.Release{Name: "zenml-server", Revision: 1}
	said := farewellOf(t, wizard.Outcome{
		Ending: wizard.Installed, Activated: true, Install: install.Outcome{Release: release},
		ValuesErr: fmt.Errorf("custom-values.yaml: %w", fs.ErrExist),
	})
	for _, want := range []string{
		"Reach it again with: ./bin/zenml-installer connect --kubeconfig '/home/a b/config' --context kind-dev -n team\n",
		"custom-values.yaml is there with other content: it was left as it is",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not said:\n%s", want, said)
		}
	}
}

func TestSourcesOnThisMachineAreReadBeforeTheyAreTaken(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{"there": "x\n", "empty": ""} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	getenv := func(name string) (string, bool) { return "x", name == "THERE" }
	e := &engine{streams: Streams{Getenv: getenv}, common: common{kube: noFlags()}}
	for _, c := range []struct {
		source answers.Source
		say    string
	}{
		{answers.Source{File: filepath.Join(dir, "there")}, ""},
		{answers.Source{Env: "THERE"}, ""},
		{answers.Source{Generate: true}, ""},
		{answers.Source{SecretRef: &answers.SecretRef{Name: "a", Key: "b"}}, ""},
		{answers.Source{File: "/nope"}, "file /nope cannot be read: no such file or directory"},
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
