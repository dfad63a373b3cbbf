// Command manpages writes a manual page for each command into a folder, and the shells'
// completions beside them. The release packs both.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
	"github.com/spf13/pflag"

	"github.com/zenml-installer/zenml-installer/cmd"
	"github.com/zenml-installer/zenml-installer/internal/kube"
	"github.com/zenml-installer/zenml-installer/internal/usage"
	"github.com/zenml-installer/zenml-installer/internal/version"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: manpages FOLDER")
		os.Exit(2)
	}
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// tree returns the commands, without what depends on this machine.
func tree() *cobra.Command {
	root := cmd.NewCommand(cmd.System())
	root.DisableAutoGenTag = true
	root.PersistentFlags().Lookup("cache-dir").DefValue = "$HOME/.kube/cache"
	return root
}

// kubectlFlags returns the flags that kubectl has, too.
func kubectlFlags() *pflag.FlagSet {
	flags := pflag.NewFlagSet("", pflag.ContinueOnError)
	kube.NewFlags().AddFlags(flags)
	return flags
}

// commandsPage returns docs/commands.md.
func commandsPage() string {
	return `# Commands

<!-- Generated from the commands: go test ./cmd/manpages -update -->

A release has this page also as manual pages, one for each command.

` + usage.Markdown(tree(), kubectlFlags(), cmd.Placeholders())
}

// write writes FOLDER/man/man1/*.1 and FOLDER/completions/zenml-installer.{bash,zsh,fish,ps1}.
// The pages have the date of the sources (SOURCE_DATE_EPOCH), so that two builds agree.
func write(folder string) error {
	root := tree()
	pages := filepath.Join(folder, "man", "man1")
	if err := os.MkdirAll(pages, 0o750); err != nil { //nolint:gosec // the caller names the folder
		return err
	}
	header := &doc.GenManHeader{Section: "1", Source: "zenml-installer " + version.String(),
		Manual: "zenml-installer manual"}
	if _, known := cmd.System().Getenv("SOURCE_DATE_EPOCH"); !known { // cobra reads it
		epoch := time.Unix(0, 0).UTC()
		header.Date = &epoch
	}
	if err := writePages(root, header, pages); err != nil {
		return err
	}
	return completions(root, filepath.Join(folder, "completions"))
}

// writePages writes the manual pages. Only one of them lists the flags that kubectl has,
// too.
func writePages(root *cobra.Command, header *doc.GenManHeader, folder string) error {
	unfold := usage.Fold(root, kubectlFlags())
	if err := doc.GenManTree(root, header, folder); err != nil {
		return err
	}
	unfold()
	options, _, err := root.Find([]string{usage.OptionsName})
	if err != nil {
		return err
	}
	return doc.GenManTree(options, header, folder)
}

func completions(root *cobra.Command, folder string) error {
	if err := os.MkdirAll(folder, 0o750); err != nil { //nolint:gosec // as above
		return err
	}
	at := func(ending string) string { return filepath.Join(folder, root.Name()+"."+ending) }
	const described = true
	for _, err := range []error{
		root.GenBashCompletionFileV2(at("bash"), described),
		root.GenZshCompletionFile(at("zsh")),
		root.GenFishCompletionFile(at("fish"), described),
		root.GenPowerShellCompletionFileWithDesc(at("ps1")),
	} {
		if err != nil {
			return err
		}
	}
	return nil
}
