package usage

import (
	"bytes"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
	"github.com/spf13/pflag"
)

func TestFold(t *testing.T) {
	root, _ := tree()
	kubectl := pflag.NewFlagSet("", pflag.ContinueOnError)
	kubectl.String("as", "", "")
	kubectl.String("namespace", "", "")
	page := func(name string) string {
		command, _, err := root.Find([]string{name})
		if err != nil {
			t.Fatal(err)
		}
		return manual(t, command)
	}
	const listed = `--as\fP`
	unfold := Fold(root, kubectl)
	text := page("check")
	for _, want := range []string{"--only", "--namespace", "--release", "Check it.", "tool-options(1)"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
	if strings.Contains(text, listed) {
		t.Errorf("not folded:\n%s", text)
	}
	unfold()
	if text := page(OptionsName); !strings.Contains(text, listed) || strings.Contains(text, "other flags") {
		t.Errorf("not unfolded:\n%s", text)
	}
}

// manual returns the manual page of a command without the escapes of hyphens.
func manual(t *testing.T, c *cobra.Command) string {
	t.Helper()
	var page bytes.Buffer
	if err := doc.GenMan(c, nil, &page); err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(page.String(), `\-`, "-")
}
