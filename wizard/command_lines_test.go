package wizard

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/charmbracelet/lipgloss"

	"github.com/zenml-installer/zenml-installer/internal/display"
)

var commands = []string{
	"helm upgrade --install zenml-server oci://public.ecr.aws/zenml/zenml --version 0.98.1 -n zenml-server " +
		"--create-namespace -f custom-values.yaml",
	"kubectl -n zenml create secret generic zenml-server-database \\\n  --from-file=password=<(printf %s \"$(cat " +
		"'a file')\") --from-literal=x='y  z'",
	"(kubectl --context prod -n zenml create secret generic zenml-server-database \\\n    " +
		"--from-file=ca.pem=/home/me/certificates/ca.pem &&\n" +
		"  kubectl --context prod -n zenml label secret zenml-server-database --overwrite " +
		"app.kubernetes.io/managed-by=zenml-installer x=y)",
	"(: \"${ZENML_DB_PASSWORD:?}\" && kubectl -n zenml create secret generic zenml-server-database " +
		"--from-file=password=<(printf %s \"$(cat x)\"))",
	"export PASSWORD=secret-text ; : a b c d e f g h i j k l m n o p q r s t u v w x y z   # database.mysql.password",
}

// Bash must parse the broken command like the original.
func TestCommandStaysTheSame(t *testing.T) {
	for _, whole := range commands {
		for width := 64; width < 150; width += 7 {
			broken := command(whole, width)
			if got, want := parsed(t, broken), parsed(t, whole); got != want {
				t.Errorf("%d columns:\n%s\nis\n%s\nand not\n%s", width, broken, got, want)
			}
			if w := lipgloss.Width(broken); w > width {
				t.Errorf("%d columns in %d:\n%s", w, width, broken)
			}
		}
	}
}

// parsed returns the body of a function as bash parsed it.
func parsed(t *testing.T, body string) string {
	t.Helper()
	out, err := exec.Command("bash", "-c", "f() {\n"+body+"\n}\ndeclare -f f").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s\n%s", err, out, body)
	}
	return string(out)
}

func TestCommandTruncatesLongArgument(t *testing.T) {
	got := command("helm install zenml oci://registry.example.com/a/very/long/path/to/a/chart", 40)
	if !strings.Contains(got, "…") || lipgloss.Width(got) > 40 {
		t.Errorf("%q", got)
	}
}

func TestWrapKeepsFlagsWhole(t *testing.T) {
	text := "leave the check out with --skip database.in-cluster or say --fail-on warn"
	for width := 22; width < 60; width++ {
		for line := range strings.SplitSeq(display.Wrap(text, width), "\n") {
			for word := range strings.FieldsSeq(line) {
				if !strings.Contains(" "+text+" ", " "+word+" ") {
					t.Errorf("%d columns: %q is a piece of a word", width, word)
				}
			}
		}
	}
}

func TestYAMLLines(t *testing.T) {
	yaml := "# Written by zenml-installer; apply it with helm upgrade --install\nserver:\n  url: " +
		"https://a-very-long-name.example.com/with/a/path\n  # a comment with --flags-of-its-own that is long\n"
	got := yamlLines(yaml, 30)
	want := "# Written by zenml-installer;\n# apply it with helm upgrade\n# --install\nserver:\n  url: " +
		"https://a-very-long-na…\n  # a comment with\n  # --flags-of-its-own that is\n  # long\n"
	if got != want {
		t.Errorf("got\n%s\nand not\n%s", got, want)
	}
}

func TestRemedyKeepsCommands(t *testing.T) {
	const width = 40
	for text, want := range map[string]string{
		"a short one": "  a short one",
		"kubectl create secret generic zenml-server --from-file=one": "  kubectl create secret generic \\\n" +
			"      zenml-server --from-file=one",
		"close it with `kubectl scale deployment zenml-server --replicas=0`, or wait for it": "  close it with\n" +
			"    kubectl scale deployment \\\n        zenml-server --replicas=0\n  or wait for it",
		"say so:\n  zenml-installer status": "  say so:\n    zenml-installer status",
	} {
		if got := remedy(text, "  ", width); got != want {
			t.Errorf("%q\n%s\nwant\n%s", text, got, want)
		}
	}
}
