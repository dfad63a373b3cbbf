package account_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/zenml-installer/zenml-installer/install/account"
	"github.com/zenml-installer/zenml-installer/internal/secret"
	"github.com/zenml-installer/zenml-installer/internal/zenml"
)

// server answers as the real one does to requests about service accounts. The
// scenarios test the same against the real one.
type server struct {
	mu       sync.Mutex
	account  string            // the only service account
	keys     map[string]string // by name
	made     int
	requests []string
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, r.Method+" "+r.URL.Path)
	const accounts = "/api/v1/service_accounts"
	name, isRotation := strings.CutSuffix(strings.TrimPrefix(r.URL.Path, accounts+"/id/api_keys/"), "/rotate")
	switch {
	case r.URL.Path == "/api/v1/login":
		s.login(w, r)
	case r.URL.Path == "/api/v1/current-user":
		send(w, http.StatusOK, map[string]string{"name": strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")})
	case r.Header.Get("Authorization") != "Bearer admin":
		send(w, http.StatusUnauthorized, nil)
	case r.Method == http.MethodPost && r.URL.Path == accounts && s.account != "":
		send(w, http.StatusConflict, nil)
	case r.Method == http.MethodPost && r.URL.Path == accounts:
		s.account = field(r, "name")
		send(w, http.StatusOK, map[string]string{"id": "id"})
	case r.Method == http.MethodGet && r.URL.Path == accounts+"/"+s.account:
		send(w, http.StatusOK, map[string]string{"id": "id"})
	case r.Method == http.MethodPost && r.URL.Path == accounts+"/id/api_keys":
		if name := field(r, "name"); s.keys[name] == "" {
			s.sendKey(w, name)
			return
		}
		send(w, http.StatusConflict, nil)
	case r.Method == http.MethodPut && isRotation:
		s.sendKey(w, name)
	case r.Method == http.MethodDelete:
		delete(s.keys, name)
		send(w, http.StatusOK, nil)
	default:
		send(w, http.StatusNotFound, nil)
	}
}

// login accepts the admin and the keys. The token is the name.
func (s *server) login(w http.ResponseWriter, r *http.Request) {
	password := r.PostFormValue("password")
	if r.PostFormValue("username") == "admin" && password == "Sesame/9" {
		send(w, http.StatusOK, map[string]string{"access_token": "admin"})
		return
	}
	for _, key := range s.keys {
		if r.PostFormValue("grant_type") == "zenml-api-key" && password == key {
			send(w, http.StatusOK, map[string]string{"access_token": s.account})
			return
		}
	}
	send(w, http.StatusUnauthorized, nil)
}

func (s *server) sendKey(w http.ResponseWriter, name string) {
	s.made++
	s.keys[name] = fmt.Sprintf("ZENKEY_c4nary%d", s.made)
	send(w, http.StatusOK, map[string]any{"body": map[string]string{"key": s.keys[name]}})
}

func field(r *http.Request, name string) string {
	var body map[string]any
	_ = json.NewDecoder(r.Body).Decode(&body)
	text, _ := body[name].(string)
	return text
}

func send(w http.ResponseWriter, status int, body any) {
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

// start starts a server and returns it with a request that keeps the key in a file.
func start(t *testing.T) (*server, account.Request) {
	t.Helper()
	s := &server{keys: map[string]string{}}
	h := httptest.NewServer(s)
	t.Cleanup(h.Close)
	return s, account.Request{
		Server: zenml.Client{Base: h.URL}, Admin: "admin", Name: "ci",
		Keeper:   account.File{Path: filepath.Join(t.TempDir(), "ci.key")},
		Password: func(context.Context) (secret.Text, error) { return secret.New("Sesame/9"), nil },
	}
}

// ensure is Ensure, which must succeed.
func ensure(t *testing.T, r account.Request) account.Result {
	t.Helper()
	result, err := account.Ensure(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func TestEnsure(t *testing.T) {
	t.Parallel()
	s, r := start(t)
	path := r.Keeper.(account.File).Path
	if got := ensure(t, r); !got.Created || got.Kept || got.Replaced {
		t.Errorf("the first time: %+v", got)
	}
	first, err := r.Keeper.Read(t.Context())
	if err != nil || first.Reveal() != "ZENKEY_c4nary1" {
		t.Errorf("the file has %q, %v", first.Reveal(), err)
	}
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("the file: %v, %v", info.Mode(), err)
	}
	noPassword := r
	noPassword.Password = func(context.Context) (secret.Text, error) { return secret.Text{}, errors.New("asked") }
	if got := ensure(t, noPassword); !got.Kept || s.made != 1 {
		t.Errorf("the second time: %+v, %d keys were made", got, s.made)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if got := ensure(t, r); !got.Replaced || got.Created || len(s.keys) != 1 {
		t.Errorf("after the key was lost: %+v, %d keys", got, len(s.keys))
	}
	r.Keeper = account.File{Path: path + ".other"}
	if got := ensure(t, r); got.Replaced || got.Created || len(s.keys) != 2 {
		t.Errorf("in another place: %+v, %d keys", got, len(s.keys))
	}
}

func TestEnsure_refuses(t *testing.T) {
	t.Parallel()
	t.Run("key of another account", func(t *testing.T) {
		t.Parallel()
		_, r := start(t)
		ensure(t, r)
		r.Name = "other"
		_, err := account.Ensure(t.Context(), r)
		if err == nil || !strings.Contains(err.Error(), "has the API key of service account ci") {
			t.Error(err)
		}
	})
	t.Run("file with other content", func(t *testing.T) {
		t.Parallel()
		s, r := start(t)
		if err := os.WriteFile(r.Keeper.(account.File).Path, []byte("a shopping list"), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := account.Ensure(t.Context(), r)
		if err == nil || !strings.Contains(err.Error(), "admin.serviceAccount.file") || len(s.requests) > 0 {
			t.Error(err, s.requests)
		}
	})
	t.Run("wrong password", func(t *testing.T) {
		t.Parallel()
		_, r := start(t)
		r.Password = func(context.Context) (secret.Text, error) { return secret.New("wrong"), nil }
		if _, err := account.Ensure(t.Context(), r); !errors.Is(err, zenml.ErrRefused) {
			t.Error(err)
		}
	})
}

// unwritable is a place where no key can be kept.
type unwritable struct{ account.File }

func (unwritable) Write(context.Context, secret.Text) error { return errors.New("disk full") }

func TestEnsure_deletesLostKey(t *testing.T) {
	t.Parallel()
	s, r := start(t)
	r.Keeper = unwritable{r.Keeper.(account.File)}
	_, err := account.Ensure(t.Context(), r)
	if err == nil || !strings.Contains(err.Error(), "disk full") || s.made != 1 || len(s.keys) != 0 {
		t.Errorf("%v; %d keys were made, %d are left", err, s.made, len(s.keys))
	}
}

func TestEnsure_unsupported(t *testing.T) {
	t.Parallel()
	_, r := start(t)
	old := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if q.URL.Path != "/api/v1/login" {
			send(w, http.StatusNotFound, map[string]string{"detail": "Not Found"})
			return
		}
		send(w, http.StatusOK, map[string]string{"access_token": "admin"})
	}))
	t.Cleanup(old.Close)
	r.Server = zenml.Client{Base: old.URL}
	if _, err := account.Ensure(t.Context(), r); !errors.Is(err, zenml.ErrUnsupported) {
		t.Error(err)
	}
}
