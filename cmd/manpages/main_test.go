package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

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
		if home, _ := os.UserHomeDir(); strings.Contains(string(text), home+"/.kube") {
			t.Errorf("the page of %q names a folder of this machine", page)
		}
	}
	for _, shell := range []string{"bash", "zsh", "fish", "ps1"} {
		text, err := os.ReadFile(filepath.Join(folder, "completions", "zenml-installer."+shell))
		if err != nil || !strings.Contains(string(text), "zenml-installer") {
			t.Errorf("%s: %v", shell, err)
		}
	}
}
