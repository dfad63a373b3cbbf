package usage

import (
	"bytes"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// tree is a command with a flag of each kind.
func tree() (*cobra.Command, *bytes.Buffer) {
	var out bytes.Buffer
	root := &cobra.Command{Use: "tool", SilenceErrors: true, SilenceUsage: true, Args: Unknown,
		RunE: func(*cobra.Command, []string) error { return nil }}
	kubectl := pflag.NewFlagSet("", pflag.ContinueOnError)
	kubectl.String("as", "", "user to impersonate")
	kubectl.String("namespace", "", "the namespace")
	root.PersistentFlags().AddFlagSet(kubectl)
	root.PersistentFlags().String("release", "", "the release "+strings.Repeat("which is long ", 10))
	sub := &cobra.Command{Use: "check", Short: "Check it", Example: "  tool check --only x", Args: Unknown,
		RunE: func(*cobra.Command, []string) error { return nil }}
	sub.Flags().String("only", "", "run only these")
	sub.Flags().IntP("number", "n", 0, "how many")
	root.AddCommand(sub)
	root.SetOut(&out)
	root.SetErr(&out)
	Install(root, kubectl, 80, map[string]string{"check only": "IDS"})
	return root, &out
}

func TestHelpShowsOwnFlagsFirstAndFoldsKubectls(t *testing.T) {
	root, out := tree()
	root.SetArgs([]string{"check", "--help"})
	if err := root.Execute(); err != nil {
		t.Fatal(err)
	}
	text := out.String()
	own, release := strings.Index(text, "--only"), strings.Index(text, "--release")
	if own < 0 || release < own || !strings.Contains(text, "--namespace") || strings.Contains(text, "--as string") {
		t.Errorf("the flags are not in order, or kubectl's are not folded:\n%s", text)
	}
	if !strings.Contains(text, "see `tool options`") {
		t.Errorf("it is not said where the others are:\n%s", text)
	}
	for line := range strings.SplitSeq(text, "\n") {
		if len(line) > 90 {
			t.Errorf("a line is %d long: %s", len(line), line)
		}
	}
}

func TestHelpIsWrapped(t *testing.T) {
	root, out := tree()
	check, _, err := root.Find([]string{"check"})
	if err != nil {
		t.Fatal(err)
	}
	check.Long = strings.Repeat("Check it\nwell. ", 20) + "\n\n  $ tool check " + strings.Repeat("long ", 20)
	root.SetArgs([]string{"check", "--help"})
	if err := root.Execute(); err != nil {
		t.Fatal(err)
	}
	text := out.String()
	for line := range strings.SplitSeq(text, "\n") {
		if len(line) > 80 != strings.HasPrefix(line, "  $") {
			t.Errorf("a line is %d long: %s", len(line), line)
		}
	}
	if !strings.Contains(text, "Check it well. Check it") || !strings.Contains(text, "--only IDS") {
		t.Errorf("not joined, or without a placeholder:\n%s", text)
	}
}

func TestOptionsListsFoldedFlags(t *testing.T) {
	root, out := tree()
	root.SetArgs([]string{"options"})
	if err := root.Execute(); err != nil || !strings.Contains(out.String(), "--as string") {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestUnknown(t *testing.T) {
	for args, want := range map[string]string{
		"chek":    `unknown command "chek": did you mean tool check?`,
		"zzzzzz":  `unknown command "zzzzzz" (see tool --help)`,
		"check x": `unknown argument "x": tool check takes none (see tool check --help)`,
	} {
		root, _ := tree()
		root.SetArgs(strings.Fields(args))
		if err := root.Execute(); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", args, err, want)
		}
	}
}

func TestUnknownFlag(t *testing.T) {
	for args, want := range map[string]string{
		"check --olny x": "unknown flag: --olny: did you mean --only? (see tool check --help)",
		"check --releas": "unknown flag: --releas: did you mean --release? (see tool check --help)",
		"check --zzzzzz": "unknown flag: --zzzzzz (see tool check --help)",
		"check -n x":     "--number x: must be a whole number (see tool check --help)",
		"check -z":       "unknown shorthand flag: 'z' in -z (see tool check --help)",
	} {
		root, _ := tree()
		root.SetArgs(strings.Fields(args))
		if err := root.Execute(); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", args, err, want)
		}
	}
}

// TestUnknownHelp asks for the help of commands. One that does not exist has none.
func TestUnknownHelp(t *testing.T) {
	for args, isKnown := range map[string]bool{
		"--help": true, "check --help": true, "guided --help": false, "--namespace x --help": true,
	} {
		root, out := tree()
		root.SetArgs(strings.Fields(args))
		command, err := root.ExecuteC()
		if err != nil {
			t.Errorf("%s: %v", args, err)
		}
		if unknown := UnknownHelp(command); (unknown == nil) != isKnown {
			t.Errorf("%s: %v", args, unknown)
		}
		if strings.Contains(out.String(), "Usage:") != isKnown {
			t.Errorf("%s prints\n%s", args, out)
		}
	}
}
