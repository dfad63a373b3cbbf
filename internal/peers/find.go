// Package peers starts servers for tests to talk to: moto for AWS and OpenBao for a Vault, which .ci/peers installs, and
// protocol servers of our own for Google's and Azure's secrets, for which no package registry has an emulator.
package peers

import (
	"bytes"
	"context"
	"net"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"github.com/zenml-installer/zenml-installer/internal/testcache"
)

// Missing is set when a test was skipped because its peer is missing.
var Missing = &testcache.Skipped

// run starts a program that ends with the test, and waits until its address accepts connections. If it does not, the
// test fails with the program's output.
func run(t testing.TB, address string, env []string, name string, args ...string) {
	t.Helper()
	var output bytes.Buffer
	command := exec.Command(name, args...)
	command.Dir, command.Env = t.TempDir(), env
	command.Stdout, command.Stderr = &output, &output
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
			t.Fatalf("%s ended: %s", name, output.String())
		case <-ctx.Done():
			_ = command.Process.Kill()
			<-ended
			t.Fatalf("%s does not listen: %s", name, output.String())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// loopback is where peers listen unless a test asks for another address of this machine.
const loopback = "127.0.0.1"

// freePort returns a port of an address that is not in use.
func freePort(t testing.TB, host string) string {
	t.Helper()
	listener, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	return strconv.Itoa(listener.Addr().(*net.TCPAddr).Port)
}
