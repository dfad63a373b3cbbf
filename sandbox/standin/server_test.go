package standin

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// running is a started server behind a real listener.
type running struct {
	*Server
	t   *testing.T
	web *httptest.Server
	out *strings.Builder
}

// startServer starts a server that is closed after the test.
func startServer(t *testing.T, env Env) *running {
	t.Helper()
	out := &strings.Builder{}
	server, err := NewServer(t.Context(), env, out)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	web := httptest.NewServer(server)
	t.Cleanup(func() { web.Close(); _ = server.Close() })
	return &running{Server: server, t: t, web: web, out: out}
}

// sqliteEnv returns the environment of a server on a new SQLite file.
func sqliteEnv(t *testing.T) Env {
	return Env{"ZENML_CONFIG_PATH": t.TempDir(), plainTraceback: "false"}
}

// plainTraceback is the variable that disables boxed tracebacks, so that tests
// find whole lines.
const plainTraceback = "ZENML_ENABLE_RICH_TRACEBACK"

// call sends a request and returns status and body. It does not follow
// redirects.
func (r *running) call(method, path, contentType, body string, headers ...string) (int, string, http.Header) {
	r.t.Helper()
	request, err := http.NewRequestWithContext(r.t.Context(), method, r.web.URL+path, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	if contentType != "" {
		request.Header.Set("Content-Type", contentType)
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(request)
	if err != nil {
		r.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return response.StatusCode, string(text), response.Header
}

func (r *running) activateWith(body string) (int, string) {
	status, text, _ := r.call(http.MethodPut, "/api/v1/activate", "application/json", body)
	return status, text
}

// logIn returns the status and the token.
func (r *running) logIn(name, password string) (int, string) {
	form := url.Values{"username": {name}, "password": {password}}
	status, text, _ := r.call(http.MethodPost, "/api/v1/login", "application/x-www-form-urlencoded", form.Encode())
	var reply struct {
		AccessToken string `json:"access_token"`
	}
	_ = json.Unmarshal([]byte(text), &reply)
	return status, reply.AccessToken
}

func (r *running) infoField(name string) any {
	r.t.Helper()
	status, text, _ := r.call(http.MethodGet, "/api/v1/info", "", "")
	fields := map[string]any{}
	if err := json.Unmarshal([]byte(text), &fields); err != nil || status != http.StatusOK {
		r.t.Fatalf("info answers %d %s", status, text)
	}
	value, there := fields[name]
	if !there {
		r.t.Fatalf("info lacks %s: %s", name, text)
	}
	return value
}

const admin = `{"admin_username":"admin","admin_password":"Sesame/9","server_name":"team"}`

func TestServerAnswersProbes(t *testing.T) {
	r := startServer(t, sqliteEnv(t))
	for _, path := range []string{"/health", "/ready"} {
		if status, body, _ := r.call(http.MethodGet, path, "", ""); status != http.StatusOK || body != "ok" {
			t.Errorf("GET %s: %d %s", path, status, body)
		}
		if status, body, _ := r.call(http.MethodHead, path, "", ""); status != http.StatusOK || body != "" {
			t.Errorf("HEAD %s: %d %s", path, status, body)
		}
	}
}

func TestServerInfo(t *testing.T) {
	env := sqliteEnv(t)
	env["ZENML_SERVER_SERVER_URL"] = "https://zenml.example.com"
	env["ZENML_SERVER_DEPLOYMENT_TYPE"] = "kubernetes"
	env["ZENML_STANDIN_VERSION"] = "0.98.7"
	env["ZENML_LOGGING_VERBOSITY"] = "DEBUG"
	env["ZENML_ANALYTICS_OPT_IN"] = "False"
	r := startServer(t, env)
	for name, want := range map[string]any{
		"version": "0.98.7", "active": false, "debug": true, "deployment_type": "kubernetes", "database_type": "sqlite", "secrets_store_type": "sql",
		"auth_scheme": "OAUTH2_PASSWORD_BEARER", "server_url": "https://zenml.example.com", "dashboard_url": "", "analytics_enabled": false, "name": "",
	} {
		if got := r.infoField(name); got != want {
			t.Errorf("info says %s = %v, want %v", name, got, want)
		}
	}
}

func TestActivationWorksOnce(t *testing.T) {
	env := sqliteEnv(t)
	env["ZENML_SERVER_JWT_SECRET_KEY"] = "a key that outlives the pod"
	r := startServer(t, env)
	if status, body := r.activateWith(admin); status != http.StatusOK || !strings.Contains(body, `"is_admin":true`) {
		t.Fatalf("activate: %d %s", status, body)
	}
	if status, body := r.activateWith(`{"admin_username":"thief","admin_password":"Sesame/9"}`); status != http.StatusForbidden ||
		!strings.Contains(body, "already active") {
		t.Errorf("second activation: %d %s", status, body)
	}
	if status, _ := r.logIn("thief", "Sesame/9"); status != http.StatusUnauthorized {
		t.Errorf("the second activation made a user: %d", status)
	}
	if status, _ := r.logIn("admin", "Sesame/8"); status != http.StatusUnauthorized {
		t.Errorf("a wrong password was taken: %d", status)
	}
	status, token := r.logIn("admin", "Sesame/9")
	if status != http.StatusOK || token == "" {
		t.Fatalf("login: %d", status)
	}

	restarted := startServer(t, env)
	if restarted.infoField("active") != true || restarted.infoField("name") != "team" ||
		restarted.infoField("id") != r.infoField("id") {
		t.Error("the activation did not outlive the server")
	}
	if status, body, _ := restarted.call(http.MethodGet, "/api/v1/current-user", "", "", "Authorization", "Bearer "+token); status != http.StatusOK ||
		!strings.Contains(body, `"name":"admin"`) {
		t.Errorf("current-user after a restart: %d %s", status, body)
	}
	if status, _, _ := restarted.call(http.MethodGet, "/api/v1/current-user", "", "", "Authorization", "Bearer "+token+"x"); status != http.StatusUnauthorized {
		t.Errorf("current-user with a broken token: %d", status)
	}
}

func TestActivationWithoutAnAdmin(t *testing.T) {
	for _, body := range []string{`{}`, `{"admin_username":"admin"}`, `{"admin_password":"Sesame/9"}`} {
		r := startServer(t, sqliteEnv(t))
		if status, answer := r.activateWith(body); status != http.StatusOK || answer != "null" {
			t.Errorf("%s: %d %s", body, status, answer)
		}
		if r.infoField("active") != true {
			t.Errorf("%s: the server is still inactive", body)
		}
		if status, _ := r.logIn("admin", "Sesame/9"); status != http.StatusUnauthorized {
			t.Errorf("%s: there is an admin: %d", body, status)
		}
	}
}

func TestActivationIsAbsentWithExternalAuth(t *testing.T) {
	env := sqliteEnv(t)
	env["ZENML_SERVER_AUTH_SCHEME"] = "EXTERNAL"
	r := startServer(t, env)
	if status, body := r.activateWith(admin); status != http.StatusNotFound {
		t.Errorf("activate: %d %s", status, body)
	}
}

func TestActivationOfTwoAtOnce(t *testing.T) {
	who := startedMariaDB(t).fresh(t)
	mustMigrate(t, who.env(nil))
	env := who.env(Env{"DISABLE_DATABASE_MIGRATION": "True"})
	replicas := []*running{startServer(t, env), startServer(t, env)}
	var wg sync.WaitGroup
	statuses := make([]int, 8)
	for i := range statuses {
		wg.Go(func() { statuses[i], _ = replicas[i%2].activateWith(admin) })
	}
	wg.Wait()
	won := 0
	for _, status := range statuses {
		if status == http.StatusOK {
			won++
		}
	}
	if won != 1 || replicas[1].infoField("active") != true || replicas[0].infoField("database_type") != "mysql" {
		t.Errorf("%d of 8 activations won: %v", won, statuses)
	}
}

func TestUnattendedActivation(t *testing.T) {
	env := sqliteEnv(t)
	env["ZENML_SERVER_AUTO_ACTIVATE"], env["ZENML_DEFAULT_USER_NAME"], env["ZENML_DEFAULT_USER_PASSWORD"] = "1", "root", "First/11"
	if status, _ := startServer(t, env).logIn("root", "First/11"); status != http.StatusOK {
		t.Errorf("login: %d", status)
	}
	env["ZENML_DEFAULT_USER_PASSWORD"] = "Second/22"
	again := startServer(t, env)
	if status, _ := again.logIn("root", "Second/22"); status != http.StatusUnauthorized {
		t.Errorf("an active server read the password again: %d", status)
	}
	empty := sqliteEnv(t)
	empty["ZENML_SERVER_AUTO_ACTIVATE"], empty["ZENML_DEFAULT_USER_NAME"] = "1", "root"
	if status, _ := startServer(t, empty).logIn("root", ""); status != http.StatusOK {
		t.Errorf("no password does not mean an empty one: %d", status)
	}
}

func TestServerRefusesToStart(t *testing.T) {
	sealed := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(sealed, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		env  Env
		want string
	}{
		"no schema, no migration":  {Env{"DISABLE_DATABASE_MIGRATION": "True"}, "no such table: server_settings"},
		"number beyond a million":  {Env{"ZENML_SERVER_REQUEST_TIMEOUT": "1e+06"}, "unable to parse string '1e+06' as an integer"},
		"custom class not there":   {Env{"ZENML_SECRETS_STORE_TYPE": "custom", "ZENML_SECRETS_STORE_CLASS_PATH": "my.Store"}, "ModuleNotFoundError"},
		"backup store ill-set":     {Env{"ZENML_BACKUP_SECRETS_STORE_TYPE": "hashicorp"}, "vault_addr"},
		"folder that cannot be":    {Env{"ZENML_CONFIG_PATH": sealed}, "[Errno 20]"},
		"database that is no file": {Env{"ZENML_STORE_URL": "sqlite:////proc"}, "sqlite3.OperationalError"},
	} {
		env := sqliteEnv(t)
		for key, value := range c.env {
			env[key] = value
		}
		var out strings.Builder
		if server, err := NewServer(t.Context(), env, &out); err == nil {
			_ = server.Close()
			t.Errorf("%s: started", name)
		}
		if !strings.Contains(out.String(), c.want) ||
			!strings.Contains(out.String(), "Application startup failed. Exiting.") {
			t.Errorf("%s: the log lacks %s:\n%s", name, c.want, out.String())
		}
	}
}

func TestServerRefusesAnUnmigratedMySQL(t *testing.T) {
	who := startedMariaDB(t).fresh(t)
	var out strings.Builder
	env := who.env(Env{"DISABLE_DATABASE_MIGRATION": "True"})
	if _, err := NewServer(t.Context(), env, &out); err == nil ||
		!strings.Contains(out.String(), "(pymysql.err.ProgrammingError) (1146, ") {
		t.Errorf("empty schema: %v\n%s", err, out.String())
	}
	mustMigrate(t, who.env(Env{"ZENML_STANDIN_VERSION": "0.84.3"}))
	if _, err := NewServer(t.Context(), env, &out); err == nil || !strings.Contains(out.String(), "(1054, ") {
		t.Errorf("older schema: %v\n%s", err, out.String())
	}
}

func TestServerLosesItsDatabase(t *testing.T) {
	who := startedMariaDB(t).fresh(t)
	mustMigrate(t, who.env(nil))
	r := startServer(t, who.env(Env{"DISABLE_DATABASE_MIGRATION": "True"}))
	who.db.exec(t, "DROP DATABASE "+who.name)
	if status, _, _ := r.call(http.MethodGet, "/api/v1/info", "", ""); status != http.StatusInternalServerError {
		t.Errorf("info without a database: %d", status)
	}
	if status, _, _ := r.call(http.MethodGet, "/ready", "", ""); status != http.StatusOK {
		t.Errorf("ready without a database: %d", status)
	}
}
