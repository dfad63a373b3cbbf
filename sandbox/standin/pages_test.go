package standin

import (
	"net/http"
	"strings"
	"testing"
)

func TestInactiveServerSendsEveryPageToItsActivation(t *testing.T) {
	r := startServer(t, sqliteEnv(t))
	for _, path := range []string{"/", "/onboarding", "/projects/default/pipelines"} {
		status, _, header := r.call(http.MethodGet, path, "", "")
		if status != http.StatusFound || header.Get("Location") != "/activate-server?redirect=/onboarding" {
			t.Errorf("GET %s: %d to %s", path, status, header.Get("Location"))
		}
	}
	if status, body, _ := r.call(http.MethodGet, "/api/v1/nothing", "", ""); status != http.StatusNotFound ||
		body != `{"detail":"Not Found"}` {
		t.Errorf("an unknown call: %d %s", status, body)
	}
}

func TestActivationPage(t *testing.T) {
	r := startServer(t, sqliteEnv(t))
	status, page, header := r.call(http.MethodGet, "/activate-server?redirect=/onboarding", "", "")
	if status != http.StatusOK {
		t.Fatalf("status %d", status)
	}
	for _, want := range []string{`id="admin-username"`, `id="admin-password"`, `id="server-name"`, `id="continue"`, `id="activate"`, `data-redirect="/onboarding"`, "stand-in server"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	policy := header.Get("Content-Security-Policy")
	_, nonce, _ := strings.Cut(policy, "script-src 'nonce-")
	nonce, _, _ = strings.Cut(nonce, "'")
	if !strings.HasPrefix(policy, "default-src 'none'") || len(nonce) < 16 ||
		strings.Count(page, `nonce="`+nonce+`"`) != 2 {
		t.Errorf("policy %s does not fit the page", policy)
	}
	for _, outside := range []string{"http://", "https://", "src=", "@import"} {
		if strings.Contains(page, outside) {
			t.Errorf("the page reaches outside: %s", outside)
		}
	}
	_, _, second := r.call(http.MethodGet, "/activate-server", "", "")
	if second.Get("Content-Security-Policy") == policy {
		t.Error("the nonce is used twice")
	}
}

func TestActivationPageRedirectsWithinTheServerOnly(t *testing.T) {
	r := startServer(t, sqliteEnv(t))
	for _, target := range []string{
		"https://evil.example", "//evil.example", "/%5Cevil.example", "javascript:alert(1)", "",
	} {
		_, page, _ := r.call(http.MethodGet, "/activate-server?redirect="+target, "", "")
		if !strings.Contains(page, `data-redirect="/onboarding"`) {
			t.Errorf("the page would go to %q", target)
		}
	}
}

func TestActiveServerShowsItsLogin(t *testing.T) {
	env := sqliteEnv(t)
	env["ZENML_SERVER_SERVER_URL"] = "https://zenml.example.com"
	r := startServer(t, env)
	r.activateWith(`{"admin_username":"admin","admin_password":"Sesame/9","server_name":"<b>team</b>"}`)
	status, page, _ := r.call(http.MethodGet, "/onboarding", "", "")
	if status != http.StatusOK || !strings.Contains(page, "zenml login https://zenml.example.com") ||
		!strings.Contains(page, "&lt;b&gt;team") {
		t.Errorf("onboarding: %d %s", status, page)
	}
	if status, _, header := r.call(http.MethodGet, "/activate-server", "", ""); status != http.StatusFound ||
		header.Get("Location") != "/onboarding" {
		t.Errorf("activation page of an active server: %d to %s", status, header.Get("Location"))
	}
}

func TestServerUnderAPath(t *testing.T) {
	env := sqliteEnv(t)
	env["ZENML_SERVER_ROOT_URL_PATH"] = "/zenml"
	r := startServer(t, env)
	for _, path := range []string{"/zenml/api/v1/info", "/api/v1/info"} {
		if status, _, _ := r.call(http.MethodGet, path, "", ""); status != http.StatusOK {
			t.Errorf("GET %s: %d", path, status)
		}
	}
	if _, _, header := r.call(http.MethodGet, "/zenml", "", ""); header.Get(
		"Location",
	) != "/zenml/activate-server?redirect=/onboarding" {
		t.Errorf("GET /zenml goes to %s", header.Get("Location"))
	}
	if status, _, _ := r.call(http.MethodGet, "/zenmlish", "", ""); status != http.StatusFound {
		t.Errorf("GET /zenmlish: %d", status)
	}
}

func TestSecureHeaders(t *testing.T) {
	env := sqliteEnv(t)
	_, _, header := startServer(t, env).call(http.MethodGet, "/health", "", "")
	if got := header.Get("Strict-Transport-Security"); !strings.Contains(got, "includeSubDomains") {
		t.Errorf("HSTS by default: %q", got)
	}
	env["ZENML_SERVER_SECURE_HEADERS_HSTS"], env["ZENML_SERVER_SECURE_HEADERS_XFO"] = "disabled", "DENY"
	_, _, header = startServer(t, env).call(http.MethodGet, "/health", "", "")
	if header.Get("Strict-Transport-Security") != "" || header.Get("X-Frame-Options") != "DENY" {
		t.Errorf("the settings are not followed: %v", header)
	}
}
