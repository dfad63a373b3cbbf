package usage

import (
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

func TestMarkdown(t *testing.T) {
	root, _ := tree()
	kubectl := pflag.NewFlagSet("", pflag.ContinueOnError)
	kubectl.String("as", "", "")
	page := Markdown(root, kubectl, map[string]string{"only": "a|b"})
	shared := strings.Index(page, "## Flags of all commands")
	for _, want := range []string{"| [tool check](#tool-check) |", "\n## tool check\n", "| `--only` | `a\\|b` |", "Check it."} {
		if at := strings.Index(page, want); at < 0 || at > shared {
			t.Errorf("no %q before the shared flags in\n%s", want, page)
		}
	}
	_, folded, _ := strings.Cut(page, "## Flags of kubectl")
	if strings.Count(page, "| `--as` |") != 1 || !strings.Contains(folded, "| `--as` |") {
		t.Errorf("kubectl's flags are not listed once, at the end:\n%s", page)
	}
	if strings.Contains(page, "`--help`") {
		t.Errorf("the page lists --help:\n%s", page)
	}
}
