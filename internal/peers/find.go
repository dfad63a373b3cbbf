// Package peers starts the servers that stand in for the clouds in tests: moto
// for AWS and OpenBao for a Vault, which others have written, and protocol
// servers of our own for Google's and Azure's secrets, of which no emulator can
// be had from a package registry.
//
// moto and OpenBao lie in the cache, where .ci/peers puts them. A test that
// needs one which is not there is skipped, and says so; it fails where
// ZENML_TEST_REQUIRE_PEERS is set.
package peers

import (
	"bytes"
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"
	"time"
)

// Missing tells whether a test was skipped because its peer is not there.
var Missing atomic.Bool

// program returns the path of a peer in the cache, or skips the test.
func program(t testing.TB, name string) string {
	t.Helper()
	cache := os.Getenv("XDG_CACHE_HOME") //nolint:forbidigo // where .ci/peers puts them
	if cache == "" {
		home, err := os.UserHomeDir()
		check(t, err)
		cache = filepath.Join(home, ".cache")
	}
	path := filepath.Join(cache, "zenml-installer", "peers", name)
	if _, err := os.Stat(path); err == nil {
		return path
	}
	Missing.Store(true)
	if os.Getenv("ZENML_TEST_REQUIRE_PEERS") != "" { //nolint:forbidigo // set by .ci/run
		t.Fatalf("%s is missing, and ZENML_TEST_REQUIRE_PEERS is set: .ci/peers prepares it", name)
	}
	t.Skipf("%s is not there: .ci/peers prepares it", name)
	return ""
}

// run starts a program that ends with the test, and waits until its address
// accepts connections. What it says is shown when it does not.
func run(t testing.TB, address string, env []string, name string, args ...string) {
	t.Helper()
	var says bytes.Buffer
	command := exec.Command(name, args...)
	command.Dir, command.Env = t.TempDir(), env
	command.Stdout, command.Stderr = &says, &says
	ownProcess(command)
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { _ = command.Wait(); close(ended) }()
	t.Cleanup(func() {
		_ = command.Process.Kill()
		<-ended
	})
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	for {
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
		if err == nil {
			_ = conn.Close()
			return
		}
		select {
		case <-ended:
			t.Fatalf("%s has ended: %s", name, says.String())
		case <-ctx.Done():
			_ = command.Process.Kill()
			<-ended
			t.Fatalf("%s does not listen: %s", name, says.String())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// freePort returns a port of the loopback interface that nothing listens on.
func freePort(t testing.TB) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	return strconv.Itoa(listener.Addr().(*net.TCPAddr).Port)
}
