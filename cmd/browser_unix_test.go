//go:build unix

package cmd

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// script creates an executable script.
func (p *place) script(name, body string) string {
	p.t.Helper()
	path := p.file(name, "#!/bin/sh\n"+body+"\n")
	if err := os.Chmod(path, 0o700); err != nil {
		p.t.Fatal(err)
	}
	return path
}

// staying creates a browser that runs in the foreground and records its process
// id.
func (p *place) staying(name string) (command, pidFile string) {
	pidFile = filepath.Join(p.dir, name+".pid")
	return p.script(name, "echo $$ $1 > "+pidFile+".new; mv "+pidFile+".new "+pidFile+"; exec sleep 600"), pidFile
}

// opens opens a page and returns the error. It must not wait until the browser
// exits.
func (p *place) opens(url string) error {
	p.t.Helper()
	streams := Streams{Getenv: func(name string) (string, bool) { v, ok := p.env[name]; return v, ok }}
	opened := make(chan error, 1)
	go func() { opened <- openURL(p.t.Context(), streams, url) }()
	select {
	case err := <-opened:
		return err
	case <-time.After(20 * time.Second):
		p.t.Fatal("it waits until the browser exits")
		return nil
	}
}

// leavesAlone verifies that the browser runs in its own process group, and ends
// it.
func (p *place) leavesAlone(pidFile, url string) {
	p.t.Helper()
	told, err := os.ReadFile(pidFile)
	for deadline := time.Now().Add(20 * time.Second); err != nil && time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		told, err = os.ReadFile(pidFile)
	}
	fields := strings.Fields(string(told))
	if err != nil || len(fields) != 2 || fields[1] != url {
		p.t.Fatalf("the browser was called with %q: %v", told, err)
	}
	pid, err := strconv.Atoi(fields[0])
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = syscall.Kill(pid, syscall.SIGKILL) }()
	group, err := syscall.Getpgid(pid)
	if err != nil || group == syscall.Getpgrp() {
		p.t.Errorf("the browser runs in process group %d, ours is %d: %v", group, syscall.Getpgrp(), err)
	}
}

func TestBrowserKeepsRunning(t *testing.T) {
	const url = "http://127.0.0.1:1/activate-server"
	p := newPlace(t)
	named, namedPid := p.staying("my-browser")
	_, systemPid := p.staying("xdg-open")
	t.Setenv("PATH", p.dir+string(os.PathListSeparator)+os.Getenv("PATH"))

	p.env["BROWSER"] = named
	if err := p.opens(url); err != nil {
		t.Error(err)
	}
	p.leavesAlone(namedPid, url)

	delete(p.env, "BROWSER")
	if err := p.opens(url); err != nil {
		t.Error(err)
	}
	p.leavesAlone(systemPid, url)
}

func TestBrowserFails(t *testing.T) {
	p := newPlace(t)
	p.script("xdg-open", "exit 3")
	t.Setenv("PATH", p.dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	for browser, want := range map[string]string{
		"": "cannot open a browser: " + filepath.Join(p.dir,
			"xdg-open") + ": exit status 3",
		p.script("broken", "exit 4"):      "exit status 4",
		filepath.Join(p.dir, "not-there"): "cannot open the page with $BROWSER: fork/exec",
		p.script("fine", "exit 0"):        "",
	} {
		p.env["BROWSER"] = browser
		err := p.opens("http://127.0.0.1:1/")
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v", browser, err)
		}
	}
}
