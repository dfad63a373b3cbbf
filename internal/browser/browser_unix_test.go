//go:build unix

package browser

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// testBrowser runs browsers that are scripts in a folder.
type testBrowser struct {
	t   *testing.T
	dir string
	env map[string]string
}

func newTestBrowser(t *testing.T) *testBrowser {
	t.Helper()
	b := &testBrowser{t: t, dir: t.TempDir(), env: map[string]string{}}
	t.Setenv("PATH", b.dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	return b
}

// script creates an executable script.
func (b *testBrowser) script(name, body string) string {
	b.t.Helper()
	path := filepath.Join(b.dir, name)
	//nolint:gosec // a script is executable
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+body+"\n"), 0o700); err != nil {
		b.t.Fatal(err)
	}
	return path
}

// staying creates a browser that runs in the foreground and records its process
// id.
func (b *testBrowser) staying(name string) (command, pidFile string) {
	pidFile = filepath.Join(b.dir, name+".pid")
	return b.script(name, "echo $$ $1 > "+pidFile+".new; mv "+pidFile+".new "+pidFile+"; exec sleep 600"), pidFile
}

// opens opens a page and returns the error. It must not wait until the browser
// exits.
func (b *testBrowser) opens(url string) error {
	b.t.Helper()
	getenv := func(name string) (string, bool) { v, ok := b.env[name]; return v, ok }
	opened := make(chan error, 1)
	go func() { opened <- Open(b.t.Context(), getenv, url) }()
	select {
	case err := <-opened:
		return err
	case <-time.After(20 * time.Second):
		b.t.Fatal("it waits until the browser exits")
		return nil
	}
}

// leavesAlone verifies that the browser runs in its own process group, and ends
// it.
func (b *testBrowser) leavesAlone(pidFile, url string) {
	b.t.Helper()
	told, err := os.ReadFile(pidFile)
	for deadline := time.Now().Add(20 * time.Second); err != nil && time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		told, err = os.ReadFile(pidFile)
	}
	fields := strings.Fields(string(told))
	if err != nil || len(fields) != 2 || fields[1] != url {
		b.t.Fatalf("the browser was called with %q: %v", told, err)
	}
	pid, err := strconv.Atoi(fields[0])
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = syscall.Kill(pid, syscall.SIGKILL) }()
	group, err := syscall.Getpgid(pid)
	if err != nil || group == syscall.Getpgrp() {
		b.t.Errorf("the browser runs in process group %d, ours is %d: %v", group, syscall.Getpgrp(), err)
	}
}

func TestBrowserKeepsRunning(t *testing.T) {
	const url = "http://127.0.0.1:1/activate-server"
	b := newTestBrowser(t)
	named, namedPid := b.staying("my-browser")
	_, systemPid := b.staying("xdg-open")

	b.env["BROWSER"] = named
	if err := b.opens(url); err != nil {
		t.Error(err)
	}
	b.leavesAlone(namedPid, url)

	delete(b.env, "BROWSER")
	if err := b.opens(url); err != nil {
		t.Error(err)
	}
	b.leavesAlone(systemPid, url)
}

func TestBrowserFails(t *testing.T) {
	b := newTestBrowser(t)
	b.script("xdg-open", "exit 3")
	for browser, want := range map[string]string{
		"": "cannot open a browser: " + filepath.Join(b.dir,
			"xdg-open") + ": exit status 3",
		b.script("broken", "exit 4"):      "exit status 4",
		filepath.Join(b.dir, "not-there"): "cannot open the page with $BROWSER: fork/exec",
		b.script("fine", "exit 0"):        "",
	} {
		b.env["BROWSER"] = browser
		err := b.opens("http://127.0.0.1:1/")
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v", browser, err)
		}
	}
}
