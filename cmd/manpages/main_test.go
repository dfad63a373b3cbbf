package main

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "update docs/commands.md")

func TestCommandsPageIsUpToDate(t *testing.T) {
	path := filepath.Join("..", "..", "docs", "commands.md")
	page := commandsPage()
	if *update {
		if err := os.WriteFile(path, []byte(page), 0o644); err != nil { //nolint:gosec // a page of the docs
			t.Fatal(err)
		}
	}
	if have, err := os.ReadFile(path); err != nil || string(have) != page {
		t.Errorf("%s is out of date (%v): run this test with -update", path, err)
	}
}

// kubectlFlag is a flag that only the page of options lists.
const kubectlFlag = `--as\fP`

func TestEveryCommandHasPageAndShellsComplete(t *testing.T) {
	folder := t.TempDir()
	if err := write(folder); err != nil {
		t.Fatal(err)
	}
	for _, page := range []string{"", "-install", "-preflight", "-generate", "-status", "-answers-init"} {
		text, err := os.ReadFile(filepath.Join(folder, "man", "man1", "zenml-installer"+page+".1"))
		if err != nil {
			t.Error(err)
			continue
		}
		for _, want := range []string{".TH", "SYNOPSIS", "OPTIONS", "EXAMPLE"} {
			if !strings.Contains(string(text), want) {
				t.Errorf("the page of %q has no %s", page, want)
			}
		}
		if folded := !strings.Contains(string(text), kubectlFlag); !folded {
			t.Errorf("the page of %q lists kubectl's flags", page)
		}
		if home, _ := os.UserHomeDir(); strings.Contains(string(text), home+"/.kube") {
			t.Errorf("the page of %q names a folder of this machine", page)
		}
	}
	options, err := os.ReadFile(filepath.Join(folder, "man", "man1", "zenml-installer-options.1"))
	if err != nil || !strings.Contains(string(options), kubectlFlag) {
		t.Errorf("no page lists kubectl's flags: %v", err)
	}
	for _, shell := range []string{"bash", "zsh", "fish", "ps1"} {
		text, err := os.ReadFile(filepath.Join(folder, "completions", "zenml-installer."+shell))
		if err != nil || !strings.Contains(string(text), "zenml-installer") {
			t.Errorf("%s: %v", shell, err)
		}
	}
}
