package kube

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// credentialJSON is what a plugin prints.
func credentialJSON(token, expires string) string {
	return `{"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": {` +
		`"expirationTimestamp": "` + expires + `", "token": "` + token + `"}}`
}

// access returns the access of a kubeconfig with a shell script as credential plugin.
func access(t *testing.T, server, script string) *Access {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the test plugins are shell scripts")
	}
	dir := t.TempDir()
	plugin := filepath.Join(dir, "plugin")
	must(t, os.WriteFile(plugin, []byte("#!/bin/sh\n"+script), 0o700)) //nolint:gosec // a program of this test
	path := filepath.Join(dir, "kubeconfig")
	must(t, os.WriteFile(path, []byte(`apiVersion: v1
kind: Config
current-context: a
contexts: [{name: a, context: {cluster: a, user: a}}]
clusters: [{name: a, cluster: {server: "`+server+`", insecure-skip-tls-verify: true}}]
users: [{name: a, user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: `+plugin+`, interactiveMode: IfAvailable}}}]
`), 0o600))
	flags := NewFlags()
	*flags.KubeConfig = path
	return New(flags)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestLoginFailures(t *testing.T) {
	for name, test := range map[string]struct {
		script string
		reason PluginReason
		say    string
	}{
		"fails": {"echo 'Token for my-sso does not exist' >&2; exit 255", PluginFailed,
			"exit status 255: Token for my-sso does not exist"},
		"no input": {"printf 'Enter MFA code: ' >&2; read -r code || exit 1; echo \"$code\"", PluginFailed,
			"Enter MFA code:"},
		"no terminal": {"read -r code </dev/tty || exit 1; echo \"$code\"", PluginFailed, "/dev/tty"},
		"no JSON":     {"echo Hello", PluginOutput, "its output is not JSON"},
		"no status": {`echo '{"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential"}'`,
			PluginOutput, "it returned no credentials"},
		"other version": {`echo '{"apiVersion": "client.authentication.k8s.io/v1beta1", "kind": "ExecCredential"}'`,
			PluginOutput, "the kubeconfig requests client.authentication.k8s.io/v1"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := access(t, "https://127.0.0.1:1", test.script).Login(t.Context(), Terminal{})
			var failed *PluginError
			if !errors.As(err, &failed) || failed.Reason != test.reason || !strings.Contains(err.Error(), test.say) {
				t.Errorf("error %v, want %q", err, test.say)
			}
		})
	}
}

// TestLoginHangingPlugin ends a plugin, and what it started, with its context.
func TestLoginHangingPlugin(t *testing.T) {
	a := access(t, "https://127.0.0.1:1", "sleep 300 & sleep 300")
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	started := time.Now()
	if _, err := a.Login(ctx, Terminal{}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
	if took := time.Since(started); took > 5*time.Second {
		t.Errorf("it took %s", took)
	}
}

func TestLoginWithTerminal(t *testing.T) {
	script := "printf 'Enter MFA code: ' >&2; read -r code || exit 1\n" +
		`[ "$code" = 123456 ] && echo '` + credentialJSON("t", "2100-01-01T00:00:00Z") + "'"
	a := access(t, "https://127.0.0.1:1", script)
	var shown bytes.Buffer
	_, err := a.Login(t.Context(), Terminal{In: strings.NewReader("123456\n"), Err: &shown})
	must(t, err)
	if shown.String() != "Enter MFA code: " {
		t.Errorf("the terminal shows %q", shown.String())
	}
	words, err := a.Login(t.Context(), Terminal{}) // without asking again
	if err != nil || words != "Enter MFA code:" {
		t.Errorf("%q, %v", words, err)
	}
}

// TestAuthenticateRequests sends the token, and runs the plugin again when it expires
// or the server rejects it.
func TestAuthenticateRequests(t *testing.T) {
	var rejected atomic.Int32
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.Header.Get("Authorization") == "Bearer token-1" {
			rejected.Add(1)
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = w.Write([]byte(`{"kind": "Status", "apiVersion": "v1", "code": 401, "reason": "Unauthorized"}`))
			return
		}
		_, _ = w.Write([]byte(`{"kind": "Namespace", "apiVersion": "v1", "metadata": {"name": "` +
			strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ") + `"}}`))
	}))
	t.Cleanup(server.Close)
	script := `n=$(($(cat "$0.count" 2>/dev/null || echo 0) + 1)); echo $n > "$0.count"
echo '` + strings.Replace(credentialJSON("token-N", "2100-01-01T00:00:00Z"), "N", `'$n'`, 1) + "'"
	client, err := access(t, server.URL, script).Client()
	must(t, err)
	get := func() string {
		found, err := client.CoreV1().Namespaces().Get(t.Context(), "any", metav1.GetOptions{})
		if err != nil {
			return err.Error()
		}
		return found.Name
	}
	if got := get(); !strings.Contains(got, "provide credentials") && !strings.Contains(got, "nauthorized") {
		t.Errorf("the first token gives %s", got)
	}
	if got := []string{get(), get()}; got[0] != "token-2" || got[1] != "token-2" || rejected.Load() != 1 {
		t.Errorf("the second token gives %v after %d rejections", got, rejected.Load())
	}
}

// TestRequestsOfFailingPlugin returns the plugin's error from a request.
func TestRequestsOfFailingPlugin(t *testing.T) {
	client, err := access(t, "https://127.0.0.1:1", "echo 'run aws sso login' >&2; exit 1").Client()
	must(t, err)
	_, err = client.CoreV1().Namespaces().Get(t.Context(), "any", metav1.GetOptions{})
	var failed *PluginError
	if !errors.As(err, &failed) || Words(failed.Words) != "run aws sso login" {
		t.Errorf("error %v", err)
	}
}

func TestWords(t *testing.T) {
	text := "\x1b[31mred\x1b[0m\r\n\n \x1b]0;title\x07plain\x00 "
	if got := Words(text); got != "red\nplain" {
		t.Errorf("%q", got)
	}
	b := &bounded{}
	for range 1000 {
		_, _ = b.Write([]byte("0123456789"))
	}
	if len(b.String()) != maxWords {
		t.Errorf("%d bytes are kept", len(b.String()))
	}
}
