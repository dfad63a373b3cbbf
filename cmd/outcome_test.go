package cmd

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/install"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/wizard"
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
