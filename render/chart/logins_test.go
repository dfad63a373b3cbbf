package chart

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// withDocker sets Docker's configuration.
func withDocker(t *testing.T, config string) string {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("DOCKER_CONFIG", dir)
	file := filepath.Join(dir, "config.json")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// asking wraps a registry that answers 401 to anonymous requests and to
// credentials that accept rejects.
func asking(accept func(user, password string, ok bool) bool) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !accept(r.BasicAuth()) {
				w.Header().Set("WWW-Authenticate", `Basic realm="test"`)
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

func TestLoginsHelperIsMissing(t *testing.T) {
	none := filepath.Join(t.TempDir(), "none.json")
	file := withDocker(t, `{"credsStore": "no-such-helper"}`)
	private := ociRegistry(t, asking(func(_, _ string, ok bool) bool { return ok }), "0.98.0")
	_, err := Load(t.Context(), Source{Ref: private, CredentialsFile: none})
	wantReason(t, err, ReasonLogins)
	for _, want := range []string{"docker-credential-no-such-helper does not work", "remove it from " + file} {
		if err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not mention %q: %v", want, err)
		}
	}
	public := ociRegistry(t, nil, "0.98.0")
	if _, err := Load(t.Context(), Source{Ref: public, CredentialsFile: none}); err != nil {
		t.Errorf("a public registry: %v", err)
	}
}

// TestLoginsExpired rejects credentials that the registry does not need, as
// public registries do with an expired token.
func TestLoginsExpired(t *testing.T) {
	config := func(ref string) string {
		return `{"auths": {"` + Source{Ref: ref}.host() + `": {"auth": "cmVhZGVyOm9sZA=="}}}` // reader:old
	}
	none := filepath.Join(t.TempDir(), "none.json")
	private := ociRegistry(t, asking(func(_, password string, _ bool) bool { return password == "new" }), "0.98.0")
	file := withDocker(t, config(private))
	_, err := Load(t.Context(), Source{Ref: private, CredentialsFile: none})
	wantReason(t, err, ReasonExpired)
	for _, want := range []string{"helm registry login " + Source{Ref: private}.host(), file} {
		if err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not mention %q: %v", want, err)
		}
	}
	if err != nil && strings.Contains(err.Error(), "old") {
		t.Errorf("the error contains the password: %v", err)
	}
	asked := 0
	public := ociRegistry(t, asking(func(_, _ string, ok bool) bool { asked++; return !ok && asked > 1 }), "0.98.0")
	withDocker(t, config(public))
	if _, err := Load(t.Context(), Source{Ref: public, CredentialsFile: none}); err != nil {
		t.Errorf("a public registry: %v", err)
	}
}

func TestLoginsUnreadable(t *testing.T) {
	file := filepath.Join(t.TempDir(), "config.json")
	if err := os.WriteFile(file, []byte("no JSON"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Load(t.Context(), Source{Ref: ociRegistry(t, nil, "0.98.0"), CredentialsFile: file})
	wantReason(t, err, ReasonLogins)
}
